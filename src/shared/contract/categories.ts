import { z } from 'zod';

/** What a rule is about. The two `illegal_*` categories come from imported lists only and cannot be switched off. */
export const categorySchema = z.enum([
  'self_harm',
  'suicide',
  'bullying',
  'child_sexual_exploitation',
  'extremism',
  'hate',
  'violence',
  'drugs',
  'pornography',
  'gambling',
  'hacking_bypass',
  'piracy',
  'illegal_csam',
  'illegal_terrorism',
]);
export type Category = z.infer<typeof categorySchema>;

/** By what the DSL must do: critical = tell an adult now, high = today, medium = this week, low = for the pattern. */
export const severitySchema = z.enum(['low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof severitySchema>;

/** Categories whose hits never take a screenshot and whose rules no school can disable (field.md S9, S10). */
export const LOCKED_CATEGORIES: ReadonlySet<Category> = new Set(['illegal_csam', 'illegal_terrorism']);

const SEVERITY_RANK: Record<Severity, number> = { low: 1, medium: 2, high: 3, critical: 4 };

/** 1 (low) to 4 (critical), for ordering. */
export function severityRank(severity: Severity): number {
  return SEVERITY_RANK[severity];
}

/** The severity of a rank; of a number that is none, `critical`: what is damaged is not to hide. */
export function severityOfRank(rank: number): Severity {
  return severitySchema.options.find((severity) => SEVERITY_RANK[severity] === rank) ?? 'critical';
}

/** Who a rule or a text is for. */
export const audienceSchema = z.enum(['KS1', 'KS2', 'KS3', 'KS4', 'KS5', 'staff', 'guest']);
export type Audience = z.infer<typeof audienceSchema>;
