import { setTimeout as delay } from 'node:timers/promises';
import type { QueueItem } from '#contract';
import { arrival, type ConsoleClient } from '../../tools/demo/consoleClient.ts';
import type { TitledWindow } from '../../tools/demo/desktop.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

const ARRIVAL_DEADLINE_MS = 20_000;
/** Between two changes: titles that come faster than a person reads are held until one stands still (observe/settle.ts). */
const PAUSE_MS = 3500;

/**
 * Changes a real window's title `changes` times and takes the times the records themselves carry: when the device
 * wrote them to its outbox, and when the server committed them. Titles, device and server share one clock.
 *
 * The titles meet a critical rule, because only critical captures are never folded into an earlier one.
 */
export async function measureLatency(
  client: ConsoleClient,
  window: TitledWindow,
  changes: number,
): Promise<{ toOutboxMs: Percentiles; toServerMs: Percentiles }> {
  const toOutboxMs: number[] = [];
  const toServerMs: number[] = [];
  for (let count = 0; count < changes; count += 1) {
    const title = `i want to hurt myself - ${letters(count)}`;
    const changedAt = await window.retitle(title);
    const isIt = (item: QueueItem) => item.kind === 'capture' && item.capture.observation.title === title;
    const item = await arrival(client, `capture ${count + 1}`, ARRIVAL_DEADLINE_MS, async () => {
      return (await client.items()).find(isIt) ?? null;
    });
    toOutboxMs.push(item.createdAt - changedAt);
    toServerMs.push(item.receivedAt - changedAt);
    await delay(PAUSE_MS);
  }
  return { toOutboxMs: percentiles(toOutboxMs), toServerMs: percentiles(toServerMs) };
}

/** A word of its own for each number: titles that differ in a number alone count as one. */
function letters(count: number): string {
  return [...count.toString(26)]
    .map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))
    .join('')
    .repeat(3);
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
