import { setTimeout as delay } from 'node:timers/promises';
import type { QueueItem } from '#contract';
import { say } from '../bootstrap/say.mjs';

/** A title that a rule of the shipped packs flags, and the category it must come out as. Never critical. */
export interface FlaggedTitle {
  readonly words: string;
  readonly category: string;
}

/** For windows of programs, and for pages. */
const TITLES = {
  native: [
    { words: 'how to bypass the school filter', category: 'hacking_bypass' },
    { words: 'nobody likes you everyone hates you', category: 'bullying' },
  ],
  page: [
    { words: 'real money casino no deposit bonus', category: 'gambling' },
    { words: 'where can i buy weed', category: 'drugs' },
  ],
} as const satisfies Record<string, readonly FlaggedTitle[]>;

/** The policy's default, with a little room: within it the same rule counts up on its first capture. */
const COOLDOWN_MS = 185_000;

/**
 * A title whose rule has not fired on this device lately, so that it makes a capture of its own. Waits for one
 * when all have, as after several runs in three minutes.
 */
export async function freshTitle(
  kind: keyof typeof TITLES,
  items: () => Promise<QueueItem[]>,
): Promise<FlaggedTitle> {
  const shown = await items();
  const readyAt = (title: FlaggedTitle) =>
    Math.max(
      0,
      ...shown
        .filter((item) => item.kind === 'capture' && item.category === title.category)
        .map((item) => item.createdAt),
    ) + COOLDOWN_MS;
  const [title] = [...TITLES[kind]].sort((a, b) => readyAt(a) - readyAt(b));
  if (title === undefined) throw new Error('there are no titles');
  const waitMs = readyAt(title) - Date.now();
  if (waitMs > 0) {
    say(
      `  waiting ${Math.ceil(waitMs / 1000)} s: the same rule counts up on its last capture for three minutes`,
    );
    await delay(waitMs);
  }
  return title;
}
