import type { Capture, Field, QueueItem } from '#contract';
import type { Span } from '#ui';

/** The text of an item that says most, with the spans a rule fired on. */
export interface Sentence {
  /** The field it is, for a capture. */
  readonly field: Field | null;
  readonly text: string;
  readonly spans: readonly Span[];
  /** What the text is, where it is not plain from itself. */
  readonly lead: string | null;
}

type Observed = Pick<Capture, 'observation' | 'hits' | 'search'>;

/** The text of one field of a capture; empty where the field has none. */
export function fieldText(capture: Observed, field: Field): string {
  if (field === 'title') return capture.observation.title;
  return (field === 'url' ? capture.observation.url : capture.search) ?? '';
}

/** The spans of the hits on one field. */
export function fieldSpans(capture: Observed, field: Field): Span[] {
  return capture.hits.filter((hit) => hit.field === field).map(({ start, end }) => ({ start, end }));
}

/** Search words say most, then a title, then an address; of those, the first that a rule fired on. */
const FIELD_ORDER: readonly Field[] = ['search', 'title', 'url'];

/** What to show first for an item. */
export function sentenceOf(item: QueueItem): Sentence {
  if (item.kind === 'report') {
    const words = item.report.text.replaceAll(/\s+/g, ' ').trim();
    return { text: words === '' ? 'They didn’t write anything' : words, spans: [], lead: null, field: null };
  }
  const { capture } = item;
  const field = FIELD_ORDER.find((each) => fieldSpans(capture, each).length > 0) ?? 'title';
  const text = fieldText(capture, field);
  if (text === '') return { text: capture.observation.app.name, spans: [], lead: null, field: null };
  return { text, spans: fieldSpans(capture, field), lead: field === 'search' ? 'Searched for' : null, field };
}

/** Everything of an item that the queue's search looks through, in lower case. */
export function searchableText(item: QueueItem): string {
  const parts =
    item.kind === 'capture'
      ? [
          item.capture.observation.title,
          item.capture.observation.url,
          item.capture.search,
          item.capture.observation.app.name,
          item.capture.observation.session.displayName,
          item.capture.observation.session.user,
          item.category.replaceAll('_', ' '),
        ]
      : [
          item.report.text,
          item.report.session.displayName,
          item.report.session.user,
          'report',
          item.contact?.name,
        ];
  return [...parts, item.device.machine, item.severity].filter(Boolean).join('\n').toLowerCase();
}
