import { z } from 'zod';
import { categorySchema, severitySchema } from './categories.ts';

/** The text a rule looked at: the window's title, the URL, or the search words taken out of the URL. */
export const fieldSchema = z.enum(['title', 'url', 'search']);
export type Field = z.infer<typeof fieldSchema>;

/** One rule that fired on one span of text. */
export const hitSchema = z.object({
  ruleId: z.string().min(1).max(200),
  packId: z.string().min(1).max(200),
  category: categorySchema,
  severity: severitySchema,
  field: fieldSchema,
  /** Half-open span in UTF-16 code units of the original field, so `field.slice(start, end) === text`. */
  start: z.int().min(0),
  end: z.int().min(0),
  text: z.string().max(2_000),
});
export type Hit = z.infer<typeof hitSchema>;

/** What a category means for an audience (field.md S7). */
export const dispositionSchema = z.enum([
  'acceptable',
  'acceptable_at_certain_times',
  'acceptable_for_nominated_users',
  'unacceptable',
  'unacceptable_and_illegal',
]);
export type Disposition = z.infer<typeof dispositionSchema>;
