import { expect, test } from 'vitest';
import { createDice } from '../../tools/torture/dice.ts';
import { planBlows } from '../../tools/torture/schedule.ts';
import { torture } from '../../tools/torture/torture.ts';

test('the seed decides every blow', () => {
  const options = { seed: 11, durationMs: 180_000, agents: 20 };
  const blows = planBlows(options);
  expect(planBlows(options)).toEqual(blows);
  expect(planBlows({ ...options, seed: 12 })).not.toEqual(blows);
  const kinds = new Set(blows.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['kill-agent', 'kill-server', 'full-disk', 'jump-clock', 'new-policy']));
  expect(blows.every(({ atMs }) => atMs > 0 && atMs <= options.durationMs)).toBe(true);
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

test('a short torture: nothing is lost, doubled, unreadable or leaked', async () => {
  const said: string[] = [];
  const report = await torture({
    seed: 4_711,
    durationMs: 20_000,
    agents: 4,
    keep: false,
    say: (line) => void said.push(line),
  });
  expect(report, said.join('\n')).toMatchObject({
    missing: 0,
    duplicated: 0,
    unreadable: 0,
    missingPictures: 0,
    gaps: 0,
    leaks: 0,
    crashes: 0,
    policyApplied: 4,
    ok: true,
  });
  expect(report.written).toBeGreaterThan(0);
  expect(report.agentKills).toBeGreaterThan(0);
  expect(report.serverKills).toBeGreaterThan(0);
}, 300_000);
