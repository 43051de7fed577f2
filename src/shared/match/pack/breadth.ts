import type { Phrase, Slot, Word } from './pack.ts';

const MIN_INSIDE_LENGTH = 4;
/** Words that stand in nearly every title or address: a rule made of them alone is a slip of the pen. */
const EVERYDAY = new Set(
  'the a an and or of to in on at is it its i me my we you your he she they this that for with from by as be are was have has not no yes do if so but all can will what how de la le el un una und der das et en y o i w na yn http https www com org net html php'.split(
    ' ',
  ),
);
/** Words whose pieces stand inside the words of nearly every text. */
const EVERYDAY_INSIDE = [
  ...EVERYDAY,
  ...'information something without because everything although through thought there other where would could should government international moment difference possible happiness making looking getting reading ending useless actually'.split(
    ' ',
  ),
];

/** Finds a way the whole phrase shrinks to a single word, or beginning of words, that stands nearly everywhere. */
export function broadProblem(slots: readonly Slot[]): string | null {
  for (const [index, slot] of slots.entries()) {
    const othersOptional = slots.every((other, at) => at === index || other.some((way) => way.length === 0));
    if (!othersOptional) continue;
    for (const way of slot) {
      const [word] = way;
      if (way.length !== 1 || word === undefined) continue;
      if (Array.from(word.text).length < 2)
        return `\`${word.text}\` alone is one letter and would match nearly everything`;
      if (EVERYDAY.has(word.text) || (word.stem && [...EVERYDAY].some((one) => one.startsWith(word.text))))
        return `\`${word.text}${word.stem ? '*' : ''}\` alone would match nearly everything`;
    }
  }
  return null;
}

/** The same for the parts of a near rule: one part that says something is enough. `isWordByItself`: as Chinese letters are. */
export function nearProblem(
  parts: readonly Phrase[],
  isWordByItself: (text: string) => boolean,
): string | null {
  const isBroad = ({ slots }: Phrase): boolean => {
    const some = slots.some((slot) => slot.some(([word]) => word !== undefined && isWordByItself(word.text)));
    return !some && broadProblem(slots) !== null;
  };
  return parts.length > 0 && parts.every(isBroad)
    ? 'every part of this is a letter or an everyday word, so together they would match nearly everything'
    : null;
}

/** What is wrong with a phrase whose words count inside other words. */
export function insideProblem(slots: readonly Slot[]): string | null {
  for (const way of slots[0] ?? []) {
    const [word] = way;
    if (slots.length > 1 || way.length !== 1 || word === undefined || word.stem) {
      return '`inside_words` takes single words only, without `*`';
    }
    if (word.text.length < MIN_INSIDE_LENGTH) {
      return `\`${word.text}\` is shorter than ${MIN_INSIDE_LENGTH} letters and would match inside nearly everything`;
    }
    const everyday = EVERYDAY_INSIDE.find((one) => one.includes(word.text));
    if (everyday !== undefined)
      return `\`${word.text}\` stands inside everyday words such as \`${everyday}\` and would match nearly everything`;
  }
  return null;
}

/** Whether `unless` stands wherever `phrase` does, in its words: then the phrase can never count. */
export function alwaysStandsIn(unless: Phrase, phrase: Phrase): boolean {
  return phrase.slots.some((_, start) => readsAlong(unless.slots, 0, phrase.slots, start));
}

function readsAlong(unless: readonly Slot[], at: number, slots: readonly Slot[], slot: number): boolean {
  const wanted = unless[at];
  if (wanted === undefined) return true;
  const given = slots[slot];
  if (given !== undefined && holdsEvery(wanted, given) && readsAlong(unless, at + 1, slots, slot + 1))
    return true;
  return wanted.some((way) => way.length === 0) && readsAlong(unless, at + 1, slots, slot);
}

function holdsEvery(wanted: Slot, given: Slot): boolean {
  return given.every((way) =>
    wanted.some(
      (other) => other.length === way.length && other.every((word, index) => holds(word, way[index] as Word)),
    ),
  );
}

function holds(wanted: Word, given: Word): boolean {
  return wanted.stem ? given.text.startsWith(wanted.text) : !given.stem && given.text === wanted.text;
}
