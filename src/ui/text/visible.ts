/** A piece of hostile text: plain, or a character that would otherwise be invisible or change the rest. */
export type VisiblePiece =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'symbol'; readonly symbol: string; readonly name: string; readonly count: number };

/** Characters that reorder, hide or join text, by code point. Names follow the Unicode character database. */
const NAMED = new Map<number, readonly [symbol: string, name: string]>([
  [0x7f, ['DEL', 'delete']],
  [0xad, ['SHY', 'soft hyphen']],
  [0x34f, ['CGJ', 'combining grapheme joiner']],
  [0x61c, ['ALM', 'Arabic letter mark']],
  [0x180e, ['MVS', 'Mongolian vowel separator']],
  [0x200b, ['ZWSP', 'zero width space']],
  [0x200c, ['ZWNJ', 'zero width non-joiner']],
  [0x200d, ['ZWJ', 'zero width joiner']],
  [0x200e, ['LRM', 'left-to-right mark']],
  [0x200f, ['RLM', 'right-to-left mark']],
  [0x2028, ['LSEP', 'line separator']],
  [0x2029, ['PSEP', 'paragraph separator']],
  [0x202a, ['LRE', 'left-to-right embedding']],
  [0x202b, ['RLE', 'right-to-left embedding']],
  [0x202c, ['PDF', 'pop directional formatting']],
  [0x202d, ['LRO', 'left-to-right override']],
  [0x202e, ['RLO', 'right-to-left override']],
  [0x2060, ['WJ', 'word joiner']],
  [0x2066, ['LRI', 'left-to-right isolate']],
  [0x2067, ['RLI', 'right-to-left isolate']],
  [0x2068, ['FSI', 'first strong isolate']],
  [0x2069, ['PDI', 'pop directional isolate']],
  [0xfeff, ['BOM', 'zero width no-break space']],
]);

const BLACK_FLAG = 0x1f3f4;

/** The first 32 control characters by their short names in ASCII. */
const CONTROLS =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/**
 * What a reader could not see, or what would reach over other lines. The flags of England, Scotland and Wales are
 * spelled with tag characters and matched whole, to be left alone; no script needs more than three marks on a letter.
 */
const SUSPECT =
  /\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}|[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|(?<=\p{M}{3})\p{M}+|\p{Surrogate}/gu;

/** Joiners belong to emoji and to scripts such as Persian and Hindi; beside Latin letters they only hide words. */
const JOINS =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}]/u;

function describe(codePoint: number): readonly [string, string] {
  const named = NAMED.get(codePoint);
  if (named !== undefined) return named;
  const control = CONTROLS[codePoint];
  if (control !== undefined) return [control, `control character ${hex(codePoint)}`];
  if (codePoint >= 0xe0000 && codePoint <= 0xe007f) return ['TAG', `tag character ${hex(codePoint)}`];
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return ['\ufffd', `half a character ${hex(codePoint)}`];
  if (codePoint >= 0x80 && codePoint < 0xa0) return [hex(codePoint), `control character ${hex(codePoint)}`];
  return ['MARKS', 'stacked marks'];
}

function hex(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

function isOrdinaryJoiner(text: string, index: number, codePoint: number): boolean {
  if (codePoint !== 0x200c && codePoint !== 0x200d) return false;
  const before = [...text.slice(Math.max(0, index - 2), index)].at(-1) ?? '';
  const after = [...text.slice(index + 1, index + 3)][0] ?? '';
  return JOINS.test(before) && JOINS.test(after);
}

/**
 * Cuts a text into plain pieces and named symbols for what a reader could not see: control characters,
 * direction marks, zero-width characters, tags and halves of surrogate pairs. Equal neighbours are counted.
 * A line break or tab in a plain text (`keepLineBreaks`) stays as it is: pupils write in paragraphs.
 */
export function visiblePieces(text: string, options: { keepLineBreaks?: boolean } = {}): VisiblePiece[] {
  const pieces: VisiblePiece[] = [];
  let plainFrom = 0;
  for (const match of text.matchAll(SUSPECT)) {
    const codePoint = match[0].codePointAt(0) ?? 0;
    if (codePoint === BLACK_FLAG || isOrdinaryJoiner(text, match.index, codePoint)) continue;
    if (options.keepLineBreaks === true && (codePoint === 0x0a || codePoint === 0x09)) continue;
    if (match.index > plainFrom) pieces.push({ kind: 'plain', text: text.slice(plainFrom, match.index) });
    plainFrom = match.index + match[0].length;
    const [symbol, name] = describe(codePoint);
    const count = [...match[0]].length;
    const last = pieces.at(-1);
    if (last?.kind === 'symbol' && last.name === name) {
      pieces[pieces.length - 1] = { ...last, count: last.count + count };
    } else {
      pieces.push({ kind: 'symbol', symbol, name, count });
    }
  }
  if (plainFrom < text.length) pieces.push({ kind: 'plain', text: text.slice(plainFrom) });
  return pieces;
}
