import { describe, expect, test } from 'vitest';
import { createRefresher } from '../../../../src/main/platform/common/index.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

describe('the refresher', () => {
  test('runs a single request at once and a storm ever more slowly', async () => {
    const timers = createFakeTimers();
    const runsAtMs: number[] = [];
    const options = { paceMs: 100, slowestPaceMs: 500, onFailure: () => expect.unreachable() };
    const refresher = createRefresher(timers, options, () => void runsAtMs.push(timers.monotonic()));
    refresher.request();
    await timers.advance(1_000);
    expect(runsAtMs).toEqual([0]);
    for (let step = 0; step < 500; step += 1) {
      refresher.request();
      await timers.advance(1);
    }
    await timers.advance(1_000);
    // At once, then ever more slowly, the last for what was asked during the last pause.
    expect(runsAtMs).toEqual([0, 1_000, 1_100, 1_300, 1_700]);
    await timers.advance(5_000);
    refresher.request();
    await timers.advance(0);
    expect(runsAtMs.at(-1)).toBe(7_500);
  });

  test('never runs twice at once; what is asked during a run runs after it', async () => {
    const timers = createFakeTimers();
    let running = 0;
    let runs = 0;
    const refresher = createRefresher(
      timers,
      { paceMs: 10, slowestPaceMs: 10, onFailure: () => undefined },
      async () => {
        running += 1;
        runs += 1;
        expect(running).toBe(1);
        await new Promise<void>((resolve) => timers.after(50, resolve));
        running -= 1;
      },
    );
    refresher.request();
    await timers.advance(20);
    refresher.request();
    refresher.request();
    await timers.advance(200);
    expect(runs).toBe(2);
    expect(timers.pending()).toBe(0);
  });

  test('goes on after a failure, and stops for good', async () => {
    const timers = createFakeTimers();
    const failures: unknown[] = [];
    let runs = 0;
    const refresher = createRefresher(
      timers,
      { paceMs: 10, slowestPaceMs: 10, onFailure: (failure) => failures.push(failure) },
      () => {
        runs += 1;
        if (runs === 1) throw new Error('once');
      },
    );
    refresher.request();
    await timers.advance(20);
    refresher.request();
    await timers.advance(20);
    expect([runs, failures.length]).toEqual([2, 1]);
    refresher.request();
    await refresher.dispose();
    refresher.request();
    await timers.advance(100);
    expect(timers.pending()).toBe(0);
    expect(runs).toBeLessThanOrEqual(3);
  });
});
