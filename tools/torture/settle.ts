import type { TorturedAgent } from './agentProcess.ts';
import { missingOf, policiesOf, unaccountedPictures } from './judge.ts';
import { pause } from './pause.ts';
import type { TortureOptions } from './schedule.ts';
import type { Console, Verdict } from './verdict.ts';

/** So long nothing may change before no more is expected: longer than the longest wait of an agent. */
const STANDSTILL_MS = 600_000;
const LOOK_EVERY_MS = 2_000;

export interface Settled {
  readonly verdict: Verdict;
  readonly checked: { readonly missing: number; readonly wrong: readonly string[] };
}

/** Waits until everything is on the server, pictures included, or nothing more can be expected. */
export async function settle(
  console: Console,
  agents: readonly TorturedAgent[],
  policyVersion: number,
  say: TortureOptions['say'],
): Promise<Settled> {
  const wrong: string[] = [];
  const seen = new Set<string>();
  let last = '';
  let changedMs = performance.now();
  for (;;) {
    const verdict = await console.read();
    const unseen = new Map([...verdict.pictures].filter(([marker]) => !seen.has(marker)));
    const checked = await console.checkPictures(unseen);
    wrong.push(...checked.wrong);
    for (const marker of unseen.keys()) if (!checked.missing.has(marker)) seen.add(marker);
    const waiting = {
      records: missingOf(agents, verdict).length,
      numbers: verdict.gaps,
      promises: unaccountedPictures(agents, verdict).length,
      pictures: checked.missing.size,
      policies: policiesOf(agents, verdict).filter(({ version }) => version !== policyVersion).length,
    };
    const now = JSON.stringify([waiting, verdict.shown.size, seen.size]);
    if (now !== last) changedMs = performance.now();
    last = now;
    const settled = Object.values(waiting).every((count) => count === 0);
    if (settled || performance.now() - changedMs > STANDSTILL_MS) {
      return { verdict, checked: { missing: checked.missing.size, wrong } };
    }
    say(
      `waiting: ${Object.entries(waiting)
        .map(([what, count]) => `${count} ${what}`)
        .join(', ')}`,
    );
    await pause(LOOK_EVERY_MS);
  }
}
