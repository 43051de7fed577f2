import { Fragment } from 'react';
import { markText, type Segment, type Span } from '../text/marks.ts';
import { visiblePieces } from '../text/visible.ts';

/** Beyond this a text is cut and says so: nobody reads on, and the page must stay quick. */
const MAX_SHOWN_LENGTH = 4_000;

interface HostileTextProps {
  /** A window title, URL or anything else that may have been written to mislead. */
  text: string;
  /** What to mark. */
  spans?: readonly Span[];
  /** Ready-made segments instead of `text` and `spans`, such as an excerpt's. */
  segments?: readonly Segment[];
  /** A pupil's own words: paragraphs stay paragraphs. */
  keepLineBreaks?: boolean;
}

/**
 * Shows text nobody vouches for as text: never as markup, its direction isolated, invisible characters as
 * named symbols, breaking anywhere, matched words marked.
 */
export function HostileText({ text, spans = [], segments, keepLineBreaks = false }: HostileTextProps) {
  const shown = text.length > MAX_SHOWN_LENGTH ? text.slice(0, MAX_SHOWN_LENGTH) : text;
  const left = text.length - shown.length;
  const parts = withOffsets(segments ?? markText(shown, spans));
  return (
    <bdi className={keepLineBreaks ? 'lw-hostile lw-hostile-lines' : 'lw-hostile'}>
      {parts.map(({ at, marked, text: part }) =>
        marked ? (
          <mark key={at}>
            <Visible text={part} keepLineBreaks={keepLineBreaks} />
          </mark>
        ) : (
          <Visible key={at} text={part} keepLineBreaks={keepLineBreaks} />
        ),
      )}
      {left > 0 && (
        <span className="lw-symbol">{`${left.toLocaleString('en-GB')} more characters not shown`}</span>
      )}
    </bdi>
  );
}

function Visible({ text, keepLineBreaks }: { text: string; keepLineBreaks: boolean }) {
  return withOffsets(visiblePieces(text, { keepLineBreaks })).map((piece) =>
    piece.kind === 'plain' ? (
      <Fragment key={piece.at}>{piece.text}</Fragment>
    ) : (
      <span key={piece.at} className="lw-symbol" title={piece.name}>
        {piece.symbol}
        {piece.count > 1 && ` ×${piece.count}`}
      </span>
    ),
  );
}

/** Gives each part a key that is its place: parts never move, they are only made anew. */
function withOffsets<Part>(parts: readonly Part[]): (Part & { at: number })[] {
  return parts.map((part, at) => ({ ...part, at }));
}
