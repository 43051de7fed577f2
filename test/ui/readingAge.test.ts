import { describe, expect, test } from 'vitest';
import { NOTICE_TEXTS } from '../../src/renderer/notice/texts.ts';
import { REPORT_TEXTS } from '../../src/renderer/report/texts.ts';
import type { Level } from '../../src/renderer/shared/level.ts';

/** Counts syllables by groups of vowels, less silent endings: close enough for an average over a text. */
function syllables(word: string): number {
  const letters = word.toLowerCase().replace(/[^a-z]/g, '');
  if (letters.length <= 3) return 1;
  const groups = letters.replace(/(?:[^laeiouy]es|ed|[^laeiouy]e)$/, '').match(/[aeiouy]{1,2}/g);
  return Math.max(1, groups?.length ?? 1);
}

/** Flesch-Kincaid grade (Kincaid et al. 1975); five more is about the age in years. */
function grade(text: string): number {
  const sentences = text.split(/[.!?…]+\s*/).filter((sentence) => /[a-z]/i.test(sentence));
  const words = text.split(/[\s/]+/).filter((word) => /[a-z]/i.test(word));
  const spoken = words.reduce((sum, word) => sum + syllables(word), 0);
  return 0.39 * (words.length / sentences.length) + 11.8 * (spoken / words.length) - 15.59;
}

/** Every string in a texts object, functions called with invented names; each ends as a sentence. */
function allTexts(value: unknown): string[] {
  if (typeof value === 'string') return [/[.?!…]$/.test(value) ? value : `${value}.`];
  if (typeof value === 'function') return allTexts(value('Oak School', 'Mr Lane'));
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(allTexts) : [];
}

/** Highest grade of a level's texts as a whole: a reader of six, of eight, of eleven. */
const HIGHEST_GRADE: Record<Level, number> = { first: 2, young: 3, older: 6 };
/** Longest sentence in words. */
const LONGEST_SENTENCE: Record<Level, number> = { first: 16, young: 18, older: 36 };

describe.each([
  ['report', REPORT_TEXTS],
  ['notice', NOTICE_TEXTS],
] as const)('the words of the %s window', (_, texts) => {
  test.each(['first', 'young', 'older'] as const)('%s: reading age', (level) => {
    const all = allTexts(texts[level]);
    expect(all.length).toBeGreaterThan(5);
    expect(grade(all.join(' '))).toBeLessThanOrEqual(HIGHEST_GRADE[level]);
    for (const sentence of all.join(' ').split(/[.?!…]\s+/)) {
      expect(sentence.split(' ').length, sentence).toBeLessThanOrEqual(LONGEST_SENTENCE[level]);
    }
  });

  test('kind words: no exclamation marks, no blame, none of the words that accuse', () => {
    for (const level of ['first', 'young', 'older'] as const) {
      const all = allTexts(texts[level]).join(' ');
      expect(all).not.toContain('!');
      expect(all).not.toMatch(/violation|offend|suspicious|punish|illegal|inappropriate|spy|warning/i);
    }
  });
});

test('the measure tells plain from hard', () => {
  expect(grade('The cat sat on the mat. It was a big cat.')).toBeLessThan(1);
  expect(
    grade(
      'Safeguarding practitioners continuously evaluate behavioural observations regarding educational establishments.',
    ),
  ).toBeGreaterThan(12);
});
