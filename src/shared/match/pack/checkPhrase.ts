import { createFold } from '../text/fold.ts';
import { createWordLists } from './wordLists.ts';
import { createPhraseReader } from './words.ts';

/** Says of phrases, one by one, whether a rule can have them. Each answer is words for their author; null: it can. */
export interface PhraseChecker {
  /** `isPart`: it is one part of `near`, which may be an everyday word. */
  phrase(
    phrase: string,
    options?: { readonly insideWords?: boolean; readonly isPart?: boolean },
  ): string | null;
  /** The parts of a near rule together, each of which can be had. */
  near(parts: readonly string[]): string | null;
}

/** Makes a checker, which remembers nothing of the phrases. */
export function createPhraseChecker(): PhraseChecker {
  const fold = createFold();
  const reader = () => createPhraseReader(fold, createWordLists(null));
  return {
    phrase(phrase, { insideWords = false, isPart = false } = {}) {
      const read = reader().phrase(phrase, { insideWords, alone: !isPart });
      return read.ok ? null : read.error.message;
    },
    near(parts) {
      const { phrase, nearProblem } = reader();
      return nearProblem(
        parts.flatMap((part) => {
          const read = phrase(part, { alone: false });
          return read.ok ? [read.value] : [];
        }),
      );
    },
  };
}
