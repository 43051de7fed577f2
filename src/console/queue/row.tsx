import { memo } from 'react';
import { Link } from 'wouter';
import type { QueueItem } from '#contract';
import { excerpt, HostileText, Icon, SeverityMark } from '#ui';
import { ABOUT_WORDS, CATEGORY_WORDS, personOf, STATE_WORDS, sentenceOf } from '../words/index.ts';
import { Moment } from '../world/index.ts';

/** Two lines of the list at its usual width. */
const maxSentenceLength = 100;

interface QueueRowProps {
  item: QueueItem;
  href: string;
  isOpen: boolean;
}

/** One thing of the queue: how bad, the words in their sentence, who and where, how long ago, where it stands. */
export const QueueRow = memo(function QueueRow({ item, href, isOpen }: QueueRowProps) {
  const sentence = sentenceOf(item);
  const person = personOf(item);
  return (
    <li className="row-place">
      <Link
        href={href}
        className={`row row-${item.severity}`}
        aria-current={isOpen ? 'true' : undefined}
        data-item={item.id}
      >
        <span className="row-line">
          <SeverityMark severity={item.severity} />
          <span className="row-about">{aboutOf(item)}</span>
          <span className="row-time">
            <Moment at={item.lastAt} />
          </span>
        </span>
        <span className="row-sentence">
          {sentence.lead !== null && <span className="row-lead">{sentence.lead} </span>}
          <HostileText text="" segments={excerpt(sentence.text, sentence.spans, maxSentenceLength)} />
        </span>
        <span className="row-line row-foot">
          <span className="row-who">
            <HostileText text={person.name} />
            {person.shared && <span> (shared account)</span>}
            <span aria-hidden="true"> · </span>
            <HostileText text={item.device.machine} />
          </span>
          {item.occurrences > 1 && <span className="row-times">{item.occurrences} times</span>}
          <span className={`state state-${item.state}`}>{STATE_WORDS[item.state]}</span>
        </span>
      </Link>
    </li>
  );
});

function aboutOf(item: QueueItem) {
  if (item.kind === 'capture') return CATEGORY_WORDS[item.category];
  return (
    <>
      <Icon name="hand" size={16} />
      {item.report.urgent ? 'Asked for help now' : `Pupil’s report · ${ABOUT_WORDS[item.report.about]}`}
    </>
  );
}
