import type { Capture } from '#contract';
import { HostileText } from '#ui';
import { Moment } from '../world/index.ts';

/** What was in front before the flagged moment, oldest first. */
export function Before({ entries }: { entries: Capture['context'] }) {
  if (entries.length === 0) return null;
  return (
    <section className="item-part" aria-labelledby="item-before">
      <h2 id="item-before">What came before</h2>
      <ol className="before">
        {entries.map((entry) => (
          <li key={`${entry.at} ${entry.title}`}>
            <span className="before-time">
              <Moment at={entry.at} form="clock" />
            </span>
            <span className="before-words">
              <HostileText text={entry.title === '' ? entry.app : entry.title} />
              <span className="before-app">
                <HostileText text={entry.url === null ? entry.app : hostOf(entry.url)} />
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The host of an address, or the address itself where it has none. */
function hostOf(url: string): string {
  return (URL.canParse(url) && new URL(url).host) || url;
}
