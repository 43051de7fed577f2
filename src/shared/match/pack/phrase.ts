import { err, ok, type Result } from '#kernel';

/** One word of a phrase as written, before normalising. */
export interface PhraseWord {
  readonly text: string;
  /** `suicid*`: every word that begins so. */
  readonly stem: boolean;
}

/** One place in a phrase. */
export interface PhraseSlot {
  /** Where it begins. */
  readonly at: number;
  /** Its alternatives as written, words with spaces between them; an empty one: the place may be left out. */
  readonly alternatives: readonly string[];
}

/** What is wrong with a phrase, and at which character of it (0-based, in UTF-16 code units). */
export interface PhraseProblem {
  readonly at: number;
  readonly message: string;
}

/** The word lists that a phrase may name, each multiplied out already. */
export interface NamedLists {
  /** The alternatives of a list, or why there are none, in words for the author. */
  list(name: string): Result<readonly string[], string>;
}

export const MAX_SLOTS = 16;
/** Most alternatives of one place, written out or by lists. Equal places of many phrases are compiled once. */
export const MAX_ALTERNATIVES = 1_024;
/** Deepest nesting of brackets. More is unreadable, and recursion must end. */
const MAX_DEPTH = 8;

/**
 * Reads the phrase grammar of `docs/rules.md`: words, `(a|b|)`, `{list}`, `*` at the end of a word.
 * Gives the phrase's slots with brackets and lists already multiplied out inside each slot. Slots are never multiplied
 * with each other: four lists of 30 words side by side are 120 ways, not 810,000.
 */
export function parsePhrase(phrase: string, lists: NamedLists): Result<readonly PhraseSlot[], PhraseProblem> {
  const reader = createReader(phrase, lists);
  const slots: PhraseSlot[] = [];
  while (reader.skipSpaces()) {
    const at = reader.at();
    const strings = reader.item(0);
    if (!strings.ok) return strings;
    slots.push({ at, alternatives: strings.value });
    if (slots.length > MAX_SLOTS)
      return err({ at, message: `a phrase has at most ${MAX_SLOTS} words side by side` });
  }
  if (slots.length === 0) return err({ at: 0, message: 'the phrase is empty' });
  if (slots.every((slot) => slot.alternatives.some((text) => text.trim() === ''))) {
    return err({
      at: 0,
      message: 'every word of this phrase may be left out, so it would match nothing or everything',
    });
  }
  return ok(slots);
}

/** Reads one entry of a word list: what stands between the `|` of brackets. Gives it multiplied out. */
export function parseFragment(text: string, lists: NamedLists): Result<readonly string[], PhraseProblem> {
  const reader = createReader(text, lists);
  const strings = reader.alternative(0);
  if (!strings.ok) return strings;
  const sign = text[reader.at()];
  if (sign !== undefined) return err({ at: reader.at(), message: withoutOpening(sign) });
  return strings;
}

interface Reader {
  at(): number;
  /** Moves to the next item; false at the end. */
  skipSpaces(): boolean;
  /** One item without spaces outside brackets, multiplied out. */
  item(depth: number): Result<string[], PhraseProblem>;
  /** Up to `|`, `)` or the end: items with spaces between them, multiplied out. */
  alternative(depth: number): Result<string[], PhraseProblem>;
}

const SIGNS = new Set('(){}| \t\n\u00a0');

const TOO_MANY = `more than ${MAX_ALTERNATIVES} alternatives in one place: split the phrase`;

function withoutOpening(sign: string): string {
  return sign === '|' ? '`|` stands only in brackets' : `\`${sign}\` without an opening bracket`;
}

function createReader(phrase: string, lists: NamedLists): Reader {
  let position = 0;

  function item(depth: number): Result<string[], PhraseProblem> {
    let strings = [''];
    while (position < phrase.length) {
      const start = position;
      const sign = phrase[position] ?? '';
      if (isSpace(sign)) break;
      if (sign === ')' || sign === '|') {
        if (depth > 0) break;
        return err({ at: position, message: withoutOpening(sign) });
      }
      if (sign === '}') return err({ at: position, message: withoutOpening(sign) });
      let parts: readonly string[];
      if (sign === '(' || sign === '{') {
        const group = sign === '(' ? bracket(depth + 1) : named();
        if (!group.ok) return group;
        parts = group.value;
      } else parts = [letters()];
      if (strings.length * parts.length > MAX_ALTERNATIVES) return err({ at: start, message: TOO_MANY });
      strings = strings.flatMap((left) => parts.map((right) => left + right));
    }
    return ok(strings);
  }

  /** What stands up to the next sign of the grammar. */
  function letters(): string {
    const start = position;
    while (position < phrase.length && !SIGNS.has(phrase[position] ?? '')) position += 1;
    return phrase.slice(start, position);
  }

  function bracket(depth: number): Result<string[], PhraseProblem> {
    const open = position;
    if (depth > MAX_DEPTH) return err({ at: open, message: 'brackets are nested too deeply' });
    position += 1;
    const all: string[] = [];
    for (;;) {
      const one = alternative(depth);
      if (!one.ok) return one;
      all.push(...one.value);
      if (all.length > MAX_ALTERNATIVES) return err({ at: open, message: TOO_MANY });
      const sign = phrase[position];
      position += 1;
      if (sign === ')') break;
      if (sign === undefined) return err({ at: open, message: 'this bracket is never closed' });
    }
    if (all.every((text) => text.trim() === '')) return err({ at: open, message: 'empty brackets' });
    return ok(all);
  }

  /** `{name}`: the alternatives of that list. */
  function named(): Result<readonly string[], PhraseProblem> {
    const open = position;
    const close = phrase.indexOf('}', open);
    if (close < 0) return err({ at: open, message: 'this `{` is never closed' });
    position = close + 1;
    const list = lists.list(phrase.slice(open + 1, close));
    return list.ok ? list : err({ at: open, message: list.error });
  }

  function alternative(depth: number): Result<string[], PhraseProblem> {
    let strings = [''];
    for (;;) {
      const start = position;
      const spaced = skip();
      const sign = phrase[position];
      if (sign === undefined) return ok(strings);
      // A space before the end counts too: `(so |)tired` is `so tired`, not `sotired`.
      if (sign === '|' || sign === ')') return ok(spaced ? strings.map((left) => `${left} `) : strings);
      const parts = item(depth);
      if (!parts.ok) return parts;
      if (strings.length * parts.value.length > MAX_ALTERNATIVES)
        return err({ at: start, message: TOO_MANY });
      const gap = spaced ? ' ' : '';
      strings = strings.flatMap((left) => parts.value.map((right) => left + gap + right));
    }
  }

  function skip(): boolean {
    const start = position;
    while (isSpace(phrase[position] ?? '')) position += 1;
    return position > start;
  }

  return {
    at: () => position,
    skipSpaces() {
      skip();
      return position < phrase.length;
    },
    item,
    alternative,
  };
}

/** The words of one alternative, or what is wrong with it. */
export function splitWords(text: string): Result<PhraseWord[], string> {
  const words: PhraseWord[] = [];
  for (const part of text.split(/\s+/u)) {
    if (part === '') continue;
    const star = part.indexOf('*');
    if (star >= 0 && star < part.length - 1) {
      return err('`*` stands only at the end of a word');
    }
    words.push({ text: star < 0 ? part : part.slice(0, star), stem: star >= 0 });
  }
  return ok(words);
}

function isSpace(sign: string): boolean {
  return sign === ' ' || sign === '\t' || sign === '\n' || sign === '\u00a0';
}
