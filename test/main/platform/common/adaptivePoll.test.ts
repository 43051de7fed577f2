import { describe, expect, test } from 'vitest';
import { createAdaptivePoll } from '../../../../src/main/platform/common/index.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

const INTERVALS = { activeMs: 1_000, quietMs: 5_000, quietAfterMs: 60_000 };

describe('the adaptive poll', () => {
  test('looks each second, and each five seconds once nothing has changed for a minute', async () => {
    const timers = createFakeTimers();
    let looks = 0;
    const poll = createAdaptivePoll(timers, INTERVALS, () => {
      looks += 1;
    });
    await timers.advance(60_000);
    expect(looks).toBe(60);
    await timers.advance(60_000);
    expect(looks).toBe(72);
    poll.touch();
    await timers.advance(10_000);
    expect(looks).toBe(82);
    await poll.dispose();
    expect(timers.pending()).toBe(0);
  });

  test('takes other intervals at once', async () => {
    const timers = createFakeTimers();
    let looks = 0;
    const poll = createAdaptivePoll(timers, { ...INTERVALS, activeMs: 5_000 }, () => {
      looks += 1;
    });
    await timers.advance(4_000);
    poll.setIntervals(INTERVALS);
    await timers.advance(3_000);
    expect(looks).toBe(3);
    await poll.dispose();
    poll.setIntervals({ ...INTERVALS, activeMs: 10 });
    poll.touch();
    expect(timers.pending()).toBe(0);
  });
});
