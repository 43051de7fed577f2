import { describe, expect, test } from 'vitest';
import { type HealthEvent, healthEventSchema, healthItemSchema } from '#contract';
import { createHealth, createHealthJournal } from '../../../src/main/health/index.ts';
import { createFakeRandom } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const FAILED = { state: 'failed', code: 'rules_damaged', message: 'A pack does not parse.' } as const;
const OK = { state: 'ok', code: 'ok', message: 'All is well.' } as const;

function journal() {
  const timers = createFakeTimers();
  const health = createHealth({ clock: timers });
  const written: HealthEvent[] = [];
  const writer = createHealthJournal({
    health,
    timers,
    random: createFakeRandom(),
    write: (record) => written.push(record),
  });
  return { timers, health, written, writer };
}

describe('health', () => {
  test('keeps one item a part, with the time of its last change', async () => {
    const { timers, health } = journal();
    health.report('rules', FAILED);
    await timers.advance(1_000);
    health.report('rules', FAILED);
    expect(health.items()).toEqual([{ part: 'rules', ...FAILED, since: timers.now() - 1_000 }]);
    health.report('rules', OK);
    expect(health.items()).toEqual([{ part: 'rules', ...OK, since: timers.now() }]);
  });

  test('bounds what a part says', () => {
    const { health } = journal();
    health.report('p'.repeat(99), { state: 'degraded', code: 'c'.repeat(99), message: 'm'.repeat(9_999) });
    for (const item of health.items()) expect(healthItemSchema.safeParse(item).success).toBe(true);
  });
});

describe('the journal of health', () => {
  test('writes changes, gathered, and nothing for a good start', async () => {
    const { timers, health, written } = journal();
    health.report('outbox', OK);
    health.report('rules', FAILED);
    health.report('observe', FAILED);
    await timers.advance(5_000);
    expect(written).toHaveLength(1);
    expect(healthEventSchema.parse(written[0]).items.map(({ part }) => part)).toEqual(['rules', 'observe']);
  });

  test('a part that flaps is written once a minute, as it is then', async () => {
    const { timers, health, written } = journal();
    for (let second = 0; second < 300; second += 1) {
      health.report('observe', second % 2 === 0 ? FAILED : OK);
      await timers.advance(1_000);
    }
    expect(written.length).toBeGreaterThan(3);
    expect(written.length).toBeLessThan(7);
    expect(written.every(({ items }) => items.length === 1)).toBe(true);
  });

  test('what was wrong before it began is written first', async () => {
    const timers = createFakeTimers();
    const health = createHealth({ clock: timers });
    health.report('outbox.database', { ...FAILED, code: 'damaged_replaced' });
    health.report('rules', OK);
    const written: HealthEvent[] = [];
    createHealthJournal({
      health,
      timers,
      random: createFakeRandom(),
      write: (record) => written.push(record),
    });
    await timers.advance(5_000);
    expect(written.map(({ items }) => items.map(({ code }) => code))).toEqual([['damaged_replaced']]);
  });

  test('stops, with what it had gathered', async () => {
    const { timers, health, written, writer } = journal();
    health.report('rules', FAILED);
    await writer.dispose();
    health.report('observe', FAILED);
    await timers.advance(600_000);
    expect(written.map(({ items }) => items.map(({ part }) => part))).toEqual([['rules']]);
    expect(timers.pending()).toBe(0);
  });
});
