import type { QueueItem } from '#contract';
import { Banner, HostileText, SeverityMark } from '#ui';
import { ABOUT_WORDS, personOf } from '../words/index.ts';
import { Fact, When, Where, Who } from './facts.tsx';

type ReportItem = Extract<QueueItem, { kind: 'report' }>;

/** A pupil's own words, shown as what they are: somebody who told. */
export function ReportEvidence({ item }: { item: ReportItem }) {
  const { report } = item;
  const person = personOf(item);
  const words = report.text.trim();
  return (
    <>
      <header className="item-head">
        <p className="item-kind">
          <SeverityMark severity={item.severity} />
          <span>{report.urgent ? 'Asked for help now' : 'Pupil’s report'}</span>
          <span className="item-asks">They told somebody. That was right.</span>
        </p>
        <h1 className="item-sentence" id="item-title" tabIndex={-1}>
          <HostileText text={person.name} /> {report.urgent ? 'needs help now' : 'reported something'}
        </h1>
      </header>
      {report.urgent && (
        <Banner tone="warning" icon="hand">
          They pressed “I need help now”. Go to them, or send an adult they trust, before you read on.
        </Banner>
      )}
      {words === '' ? (
        <p className="told told-nothing">They didn’t write anything. Ask them gently in person.</p>
      ) : (
        <blockquote className="told">
          <HostileText text={report.text} keepLineBreaks />
        </blockquote>
      )}
      <dl className="facts">
        <Fact label="About">
          <strong>{ABOUT_WORDS[report.about]}</strong>
        </Fact>
        <Fact label="Wants to talk to">
          <strong>{contactName(item)}</strong>
          {item.contact != null && item.contact.role !== '' && (
            <span className="fact-more">{item.contact.role}</span>
          )}
        </Fact>
        <Who item={item} />
        <When item={item} />
        <Where item={item} />
      </dl>
      {report.attached !== null && (
        <section className="item-part" aria-labelledby="item-attached">
          <h2 id="item-attached">What was on their screen</h2>
          <dl className="lines">
            <div>
              <dt>Window</dt>
              <dd>
                <HostileText
                  text={report.attached.title === '' ? report.attached.app : report.attached.title}
                />
              </dd>
            </div>
            {report.attached.url !== null && (
              <div>
                <dt>Address</dt>
                <dd className="mono">
                  <HostileText text={report.attached.url} />
                </dd>
              </div>
            )}
          </dl>
        </section>
      )}
    </>
  );
}

function contactName(item: ReportItem) {
  if (item.report.contactId === null) return 'Any adult';
  return <HostileText text={item.contact?.name ?? item.report.contactId} />;
}
