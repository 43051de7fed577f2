import type { Severity } from '#contract';
import type { Dice } from './dice.ts';

/** The words that the torture's own rule pack looks for. Innocent on purpose: titles stand in test output. */
export const PHRASES: { readonly [Level in Severity]: string } = {
  low: 'kite paper',
  medium: 'kite string',
  high: 'kite ribbon',
  critical: 'kite storm',
};

/** A rule pack with one rule for each severity. */
export const RULE_PACK = `pack: torture
category: hacking_bypass
language: en
version: 1
description: Words that only the torture shows.
rules:
${Object.entries(PHRASES)
  .map(
    ([severity, phrase]) => `  - id: ${severity}\n    severity: ${severity}\n    phrases:\n      - ${phrase}`,
  )
  .join('\n')}
`;

/** What a pupil does next. `marker` is in it and nowhere else. */
export type Step =
  | { readonly kind: 'window'; readonly marker: string; readonly title: string }
  | { readonly kind: 'report'; readonly marker: string; readonly urgent: boolean };

/** Something to look at: mostly flagged, sometimes harmless, now and then a report. */
export function nextStep(dice: Dice, marker: string): Step {
  const roll = dice.fraction();
  if (roll < 0.05) return { kind: 'report', marker, urgent: dice.fraction() < 0.3 };
  if (roll < 0.2) return { kind: 'window', marker, title: `spelling homework ${marker}` };
  const severity = dice.pick(['low', 'medium', 'high', 'critical'] as const);
  return { kind: 'window', marker, title: `${PHRASES[severity]} ${marker}` };
}

/** The picture that the scripted screen gives for a marker: told apart from every other. */
export function pictureFor(marker: string): Uint8Array {
  return new TextEncoder().encode(`picture of ${marker} `.repeat(300));
}
