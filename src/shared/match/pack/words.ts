import { err, ok, type Result } from '#kernel';
import { createTextBuffer, startText } from '../text/buffer.ts';
import type { Fold } from '../text/fold.ts';
import { scanAll } from '../text/scan.ts';
import { broadProblem, insideProblem, nearProblem } from './breadth.ts';
import type { Phrase, Slot, Word } from './pack.ts';
import {
  MAX_ALTERNATIVES,
  type NamedLists,
  type PhraseProblem,
  type PhraseSlot,
  type PhraseWord,
  parseFragment,
  parsePhrase,
  splitWords,
} from './phrase.ts';

const MIN_STEM_LENGTH = 3;
/** Longest word a rule may have, in folded letters. The compiled form stores word lengths in a byte. */
const MAX_WORD_LENGTH = 64;
const MAY_BE_NOTHING =
  'this entry may be left out altogether: write `({list}|)` in the phrases where it may be missing';

/** Reads phrases into the folded words that the scanner finds in texts. */
export interface PhraseReader {
  phrase(source: string, options?: { insideWords?: boolean; alone?: boolean }): Result<Phrase, PhraseProblem>;
  /** Why these parts cannot make a near rule; null if they can. */
  nearProblem(parts: readonly Phrase[]): string | null;
  /** One entry of a word list, multiplied out and checked, so that mistakes are told where they stand. */
  entry(source: string): Result<readonly string[], PhraseProblem>;
}

type Alternative = readonly (readonly [key: string, way: readonly Word[]])[];

/** Makes a reader of phrases that name `lists` and are folded with `fold`, the same way as texts are folded. */
export function createPhraseReader(fold: Fold, lists: NamedLists): PhraseReader {
  const buffer = createTextBuffer(0);
  // Words and alternatives come again and again, above all those of lists.
  const known = new Map<string, Result<Word[][], string>>();
  const alternatives = new Map<string, Result<Alternative, string>>();

  function fragments(text: string): string[] {
    startText(buffer, text, 'phrase');
    scanAll(buffer, fold);
    const words: string[] = [];
    for (let token = 0; token < buffer.tokenCount; token += 1) {
      const units = buffer.units.subarray(buffer.tokenStart[token], buffer.tokenEnd[token]);
      words.push(String.fromCharCode(...units));
    }
    return words;
  }

  function readWord(word: PhraseWord): Result<Word[][], string> {
    const key = word.stem ? `${word.text}*` : word.text;
    const ways = known.get(key) ?? waysOf(word);
    known.set(key, ways);
    return ways;
  }

  /** One written word: the ways it reads. A hyphen may be a space, a hyphen or nothing in the text. */
  function waysOf(word: PhraseWord): Result<Word[][], string> {
    const parts = fragments(word.text);
    if (parts.length === 0) return err(`\`${word.text}${word.stem ? '*' : ''}\` has no letters or digits`);
    const tooLong = parts.find((part) => part.length > MAX_WORD_LENGTH);
    if (tooLong !== undefined) return err(`a word has at most ${MAX_WORD_LENGTH} letters`);
    const last = parts[parts.length - 1] ?? '';
    const stem = word.stem && !isAlone(fold, last);
    if (stem && last.length < MIN_STEM_LENGTH) {
      return err(
        `the stem \`${last}*\` is shorter than ${MIN_STEM_LENGTH} letters and would match nearly everything`,
      );
    }
    const apart = parts.map((text, index) => ({ text, stem: stem && index === parts.length - 1 }));
    const ways = [apart];
    if (parts.length > 1 && /^[^\s]*\p{L}[-\u2010\u2011]\p{L}[^\s]*$/u.test(word.text)) {
      const together = parts.join('');
      if (together.length <= MAX_WORD_LENGTH) ways.push([{ text: together, stem }]);
    }
    return ok(ways);
  }

  function readAlternative(text: string): Result<Alternative, string> {
    const read = alternatives.get(text) ?? waysThrough(text);
    alternatives.set(text, read);
    return read;
  }

  /** One alternative as written: the ways its words read, each with a key that equal ones share. */
  function waysThrough(text: string): Result<Alternative, string> {
    const written = splitWords(text);
    if (!written.ok) return written;
    let ways: Word[][] = [[]];
    for (const word of written.value) {
      const read = readWord(word);
      if (!read.ok) return read;
      ways = ways.flatMap((left) => read.value.map((right) => [...left, ...right]));
    }
    return ok(
      ways.map((way) => [way.map((word) => (word.stem ? `${word.text}*` : word.text)).join(' '), way]),
    );
  }

  function readSlot({ at, alternatives: written }: PhraseSlot): Result<Slot, PhraseProblem> {
    const slot = new Map<string, readonly Word[]>();
    for (const text of written) {
      const read = readAlternative(text);
      if (!read.ok) return err({ at, message: read.error });
      for (const [key, way] of read.value) slot.set(key, way);
      if (slot.size > MAX_ALTERNATIVES)
        return err({ at, message: `more than ${MAX_ALTERNATIVES} alternatives in one place` });
    }
    return ok([...slot.values()]);
  }

  return {
    phrase(source, options = {}) {
      const lost = lostLetter(source);
      if (lost !== null) return err(lost);
      const parsed = parsePhrase(source, lists);
      if (!parsed.ok) return parsed;
      const slots: Slot[] = [];
      for (const written of parsed.value) {
        const slot = readSlot(written);
        if (!slot.ok) return slot;
        slots.push(slot.value);
      }
      const problem =
        options.insideWords === true
          ? insideProblem(slots)
          : options.alone === false
            ? null
            : broadProblem(slots);
      return problem === null ? ok({ source, slots }) : err({ at: 0, message: problem });
    },
    nearProblem: (parts) => nearProblem(parts, (text) => isAlone(fold, text)),
    entry(source) {
      const lost = lostLetter(source);
      if (lost !== null) return err(lost);
      const strings = parseFragment(source, lists);
      if (!strings.ok) return strings;
      for (const text of strings.value) {
        if (text.trim() === '') return err({ at: 0, message: MAY_BE_NOTHING });
        const read = readAlternative(text);
        if (!read.ok) return err({ at: 0, message: read.error });
      }
      return strings;
    },
  };
}

/** Where a letter got lost when the file was read or saved: no text has the mark that stands for it. */
function lostLetter(source: string): PhraseProblem | null {
  const at = source.indexOf('\ufffd');
  return at < 0 ? null : { at, message: 'a letter got lost here (U+FFFD): save the file as UTF-8' };
}

/** Whether a folded word belongs to a script written without spaces. */
function isAlone(fold: Fold, word: string): boolean {
  const letter = fold.of(word.codePointAt(0) ?? 0);
  return letter.kind === 'letters' && letter.alone;
}
