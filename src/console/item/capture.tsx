import { useState } from 'react';
import type { Hit, QueueItem } from '#contract';
import { Button, excerpt, HostileText, markText, SeverityMark } from '#ui';
import {
  CATEGORY_WORDS,
  FIELD_WORDS,
  fieldSpans,
  fieldText,
  SEVERITY_ASKS,
  sentenceOf,
} from '../words/index.ts';
import { Before } from './before.tsx';
import { Fact, When, Where, Who } from './facts.tsx';

/** Beyond this the large sentence is an excerpt, and the whole text stands among the lines below it. */
const maxSentenceLength = 280;
const maxLineLength = 400;

type CaptureItem = Extract<QueueItem, { kind: 'capture' }>;

/** The evidence of a capture: the sentence first, then who, when and where, then why. */
export function CaptureEvidence({ item }: { item: CaptureItem }) {
  const { observation, context } = item.capture;
  const sentence = sentenceOf(item);
  const isWhole = sentence.text.length <= maxSentenceLength;
  return (
    <>
      <header className="item-head">
        <p className="item-kind">
          <SeverityMark severity={item.severity} />
          <span>{CATEGORY_WORDS[item.category]}</span>
          <span className="item-asks">{SEVERITY_ASKS[item.severity]}</span>
        </p>
        <h1 className="item-sentence" id="item-title" tabIndex={-1}>
          {sentence.lead !== null && <span className="item-lead">{sentence.lead}</span>}
          <HostileText text="" segments={excerpt(sentence.text, sentence.spans, maxSentenceLength)} />
        </h1>
      </header>
      <dl className="facts">
        <Who item={item} />
        <When item={item} />
        <Where item={item} />
        <Fact label="App">
          <strong>
            <HostileText text={observation.app.name} />
          </strong>
          {observation.private && <span className="fact-more">A private window</span>}
        </Fact>
      </dl>
      <dl className="lines">
        {LINES.filter(({ field }) => !isWhole || field !== sentence.field).map(({ field, label }) => (
          <Line key={field} label={label} item={item} field={field} />
        ))}
        {observation.excluded !== null && (
          <div>
            <dt>Left out</dt>
            <dd>Title and address, by the school’s policy: {observation.excluded}.</dd>
          </div>
        )}
      </dl>
      <section className="item-part" aria-labelledby="item-why">
        <h2 id="item-why">Why it was flagged</h2>
        <ul className="why">
          {groupHits(item.capture.hits).map(({ hit, times }) => (
            <li key={`${hit.ruleId} ${hit.field} ${hit.text}`}>
              <p>
                <mark>
                  <HostileText text={hit.text} />
                </mark>{' '}
                in {FIELD_WORDS[hit.field]}
                {times > 1 && `, ${times} times,`} is in the {CATEGORY_WORDS[hit.category].toLowerCase()}{' '}
                rules.
              </p>
              <p className="why-rule">
                <SeverityMark severity={hit.severity} />
                <span className="mono">
                  {hit.packId} / {hit.ruleId}
                </span>
              </p>
            </li>
          ))}
        </ul>
      </section>
      <Before entries={context} />
    </>
  );
}

/** The texts of a capture that stand below the one shown large. */
const LINES = [
  { field: 'title', label: 'Title' },
  { field: 'url', label: 'Address' },
  { field: 'search', label: 'Searched for' },
] as const;

interface LineProps {
  label: string;
  item: CaptureItem;
  field: Hit['field'];
}

/** One text. A very long one shows the part around its first mark until the rest is asked for. */
function Line({ label, item, field }: LineProps) {
  const [isWhole, setWhole] = useState(false);
  const text = fieldText(item.capture, field);
  const spans = fieldSpans(item.capture, field);
  if (text === '') return null;
  const segments = isWhole ? markText(text, spans) : excerpt(text, spans, maxLineLength);
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span className={field === 'url' ? 'mono' : undefined}>
          <HostileText text="" segments={segments} />
        </span>
        {text.length > maxLineLength && (
          <Button variant="quiet" size="small" onPress={() => setWhole(!isWhole)}>
            {isWhole ? 'Show less' : `Show all ${text.length.toLocaleString('en-GB')} characters`}
          </Button>
        )}
      </dd>
    </div>
  );
}

/** The same words by the same rule in the same field are one reason, however often they stand there. */
function groupHits(hits: readonly Hit[]): { hit: Hit; times: number }[] {
  const groups = new Map<string, { hit: Hit; times: number }>();
  for (const hit of hits) {
    const key = JSON.stringify([hit.ruleId, hit.field, hit.text]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { hit, times: 1 });
    else group.times += 1;
  }
  return [...groups.values()];
}
