import type { ItemResponse } from '#contract';
import { HostileText } from '#ui';
import { ACTION_WORDS } from '../words/index.ts';
import { Moment } from '../world/index.ts';

type Entry = ItemResponse['history'][number];

/** What staff did with the item, oldest first. Views count too. */
export function History({ entries }: { entries: readonly Entry[] }) {
  return (
    <section className="item-part" aria-labelledby="item-history">
      <h2 id="item-history">History</h2>
      <ol className="history">
        {foldViews(entries).map(({ entry, times }, index) => (
          // The trail only grows at its end, so a place is a stable key.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={`history-${entry.action}`}>
            <p>
              <strong>{ACTION_WORDS[entry.action]}</strong>
              {times > 1 && ` ${times} times`}
              {entry.action !== 'received' && (
                <>
                  {' by '}
                  <HostileText text={entry.by} />
                </>
              )}
              <span className="history-time">
                <Moment at={entry.at} form="short" />
              </span>
            </p>
            {entry.note !== null && entry.note !== '' && (
              <p className="history-note">
                <HostileText text={entry.note} keepLineBreaks />
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Several looks by one person in a row read as one line; the trail itself keeps each. */
function foldViews(entries: readonly Entry[]): { entry: Entry; times: number }[] {
  const folded: { entry: Entry; times: number }[] = [];
  for (const entry of entries) {
    const last = folded.at(-1);
    const isSameLook =
      last !== undefined &&
      (entry.action === 'viewed' || entry.action === 'screenshot_viewed') &&
      last.entry.action === entry.action &&
      last.entry.by === entry.by;
    if (isSameLook) folded[folded.length - 1] = { entry, times: last.times + 1 };
    else folded.push({ entry, times: 1 });
  }
  return folded;
}
