import { expect, test } from 'vitest';
import { createDice } from '../../tools/torture/dice.ts';
import { planBlows } from '../../tools/torture/schedule.ts';

test('the seed decides every blow', () => {
  const options = { seed: 11, durationMs: 180_000, agents: 20 };
  const blows = planBlows(options);
  expect(planBlows(options)).toEqual(blows);
  expect(planBlows({ ...options, seed: 12 })).not.toEqual(blows);
  const kinds = new Set(blows.map(({ kind }) => kind));
  expect(kinds).toEqual(
    new Set(['kill-agent', 'kill-server', 'full-disk', 'jump-clock', 'jump-server-clock', 'new-policy']),
  );
  expect(blows.every(({ atMs }) => atMs > 0 && atMs <= options.durationMs)).toBe(true);
});

test('however short, a disk fills up in each way: with and without a kill, with and without others taking all', () => {
  const blows = planBlows({ seed: 3, durationMs: 15_000, agents: 4 });
  const ways = blows.flatMap((blow) =>
    blow.kind === 'full-disk' ? [`${blow.greedy} ${blow.killAfterMs !== null}`] : [],
  );
  expect(new Set(ways)).toEqual(new Set(['true true', 'true false', 'false true', 'false false']));
});

test('the dice are fair enough and repeat', () => {
  const dice = createDice(5);
  const thrown = Array.from({ length: 10_000 }, () => dice.between(1, 6));
  for (let face = 1; face <= 6; face++) {
    expect(thrown.filter((one) => one === face).length).toBeGreaterThan(1_500);
  }
  const again = createDice(5);
  expect(Array.from({ length: 10_000 }, () => again.between(1, 6))).toEqual(thrown);
});
