import { describe, expect, test } from 'vitest';
import { createIdleLock, type IdleState } from '../../src/console/session/idleLock.ts';
import { createFakeTimers } from '../fakes/timers.ts';

const minuteMs = 60_000;

function start() {
  const timers = createFakeTimers();
  const states: IdleState[] = [];
  const lock = createIdleLock(
    { timers },
    { idleMs: 20 * minuteMs, warnMs: minuteMs, onState: (state) => states.push(state) },
  );
  return { timers, states, lock, kinds: () => states.map(({ kind }) => kind) };
}

describe('the idle lock', () => {
  test('says nothing for 19 minutes, counts down for one, then locks for good', async () => {
    const { timers, states, lock, kinds } = start();
    await timers.advance(19 * minuteMs - 1_000);
    expect(states).toEqual([]);
    await timers.advance(1_000);
    expect(states).toEqual([{ kind: 'warning', leftMs: minuteMs }]);
    await timers.advance(minuteMs - 1_000);
    expect(states.at(-1)).toEqual({ kind: 'warning', leftMs: 1_000 });
    await timers.advance(1_000);
    expect(states.at(-1)).toEqual({ kind: 'locked' });
    lock.touch();
    await timers.advance(40 * minuteMs);
    expect(kinds().filter((kind) => kind === 'locked')).toHaveLength(1);
    expect(kinds().at(-1)).toBe('locked');
    await lock.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('a touch during the warning starts the 20 minutes anew', async () => {
    const { timers, lock, kinds } = start();
    await timers.advance(19 * minuteMs + 30_000);
    lock.touch();
    expect(kinds().at(-1)).toBe('active');
    await timers.advance(18 * minuteMs);
    expect(kinds().at(-1)).toBe('active');
    await timers.advance(2 * minuteMs);
    expect(kinds().at(-1)).toBe('locked');
    await lock.dispose();
  });

  test('a machine that slept past the limit is locked at the first sign of life, not woken by it', async () => {
    const { timers, lock, kinds } = start();
    timers.jumpWallClock(8 * 60 * minuteMs);
    lock.touch();
    expect(kinds()).toEqual(['locked']);
    await lock.dispose();
  });
});
