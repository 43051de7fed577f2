import { createFold } from '../text/fold.ts';
import { createWordLists } from './wordLists.ts';
import { createPhraseReader } from './words.ts';

/**
 * What is wrong with a phrase, in words for its author; null if a rule can have it. `isPart`: it is one part of `near`,
 * which may be an everyday word.
 */
export function checkPhrase(
  phrase: string,
  options: { insideWords?: boolean; isPart?: boolean } = {},
): string | null {
  const { insideWords = false, isPart = false } = options;
  const read = createPhraseReader(createFold(), createWordLists(null)).phrase(phrase, {
    insideWords,
    alone: !isPart,
  });
  return read.ok ? null : read.error.message;
}
