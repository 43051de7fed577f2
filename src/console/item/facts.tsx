import type { ReactNode } from 'react';
import type { QueueItem } from '#contract';
import { HostileText } from '#ui';
import { duration, personOf } from '../words/index.ts';
import { Moment } from '../world/index.ts';

/** Beyond this the server heard of the record noticeably later than it was written, and says so. */
const lateMs = 10 * 60_000;

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who it was. A shared account is said to be one, because its name names nobody. */
export function Who({ item }: { item: QueueItem }) {
  const session = item.kind === 'capture' ? item.capture.observation.session : item.report.session;
  const person = personOf(item);
  return (
    <Fact label="Who">
      <strong>
        <HostileText text={person.name} />
      </strong>
      {session.displayName !== null && session.displayName !== session.user && (
        <span className="fact-more">
          <HostileText text={session.user} />
        </span>
      )}
      {person.shared && <span className="fact-more">A shared account: it doesn’t say who was there.</span>}
    </Fact>
  );
}

export function When({ item }: { item: QueueItem }) {
  const late = item.receivedAt - item.createdAt;
  return (
    <Fact label="When">
      <strong>
        <Moment at={item.createdAt} form="short" />
      </strong>
      <span className="fact-more">
        <Moment at={item.createdAt} />
      </span>
      {item.occurrences > 1 && (
        <span className="fact-more">
          {item.occurrences} times, last <Moment at={item.lastAt} form="short" />
        </span>
      )}
      {late > lateMs && (
        <span className="fact-more">Arrived {duration(late)} later: the computer was offline.</span>
      )}
    </Fact>
  );
}

export function Where({ item }: { item: QueueItem }) {
  const session = item.kind === 'capture' ? item.capture.observation.session : item.report.session;
  return (
    <Fact label="Where">
      <strong>
        <HostileText text={item.device.machine} />
      </strong>
      {session.onSchoolNetwork === false && <span className="fact-more">Not on the school’s network</span>}
    </Fact>
  );
}
