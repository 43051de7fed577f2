import { z } from 'zod';
import { audienceSchema, categorySchema, fieldSchema, severitySchema } from '#contract';

const idPattern = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const idSchema = z
  .string()
  .max(90)
  .regex(idPattern, 'an id has small letters, digits, and single dots, hyphens or underscores between them');

const phraseSchema = z.string().min(1).max(20_000);
const phrasesSchema = z.array(phraseSchema).min(1).max(5_000);

/** Longest stretch a `near` rule may ask for, in other words between its own. */
export const MAX_NEAR_WITHIN = 50;

const nearSchema = z.strictObject({
  words: z.array(phraseSchema).min(2).max(6),
  within: z.union([z.int().min(1).max(MAX_NEAR_WITHIN), z.literal('anywhere')]),
});

/** `search`, `title|url`, or a list. */
const whereSchema = z.preprocess(
  (where) => (typeof where === 'string' ? where.split('|').map((field) => field.trim()) : where),
  z.array(fieldSchema).min(1),
);

const ruleSchema = z
  .strictObject({
    id: idSchema,
    severity: severitySchema,
    phrases: phrasesSchema.optional(),
    near: nearSchema.optional(),
    where: whereSchema.optional(),
    audiences: z.array(audienceSchema).min(1).optional(),
    unless: phrasesSchema.optional(),
    context_unless: phrasesSchema.optional(),
    weight: z
      .number()
      .min(-10_000)
      .max(10_000)
      .refine((weight) => weight !== 0, 'a weight of 0 says nothing')
      .optional(),
    inside_words: z.boolean().optional(),
    note: z.string().max(1_000).optional(),
  })
  .refine((rule) => (rule.phrases === undefined) !== (rule.near === undefined), {
    error: 'a rule has either `phrases` or `near`',
  })
  .refine((rule) => !(rule.inside_words === true && rule.near !== undefined), {
    error: '`inside_words` goes with `phrases` only',
    path: ['inside_words'],
  });

/** Named lists of alternatives, each of which may name those above it. */
const wordsSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'the name of a list has small letters, digits and underscores'),
  z.array(phraseSchema).min(1).max(5_000),
);

const siteSchema = z.strictObject({
  id: idSchema,
  severity: severitySchema,
  domains: z.array(z.string().min(1).max(2_000)).min(1),
  audiences: z.array(audienceSchema).min(1).optional(),
  note: z.string().max(1_000).optional(),
});

const languageSchema = z
  .string()
  .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'a BCP 47 language, such as en or zh-Hant');

/** A `words.yaml`: word lists for all packs of a language in its folder. */
export const wordsFileSchema = z.strictObject({
  language: languageSchema,
  description: z.string().max(2_000),
  words: wordsSchema,
});

/** A rule pack as written in YAML; the grammar for people is `docs/rules.md`. Phrases are still plain text here. */
export const packSchema = z.strictObject({
  pack: idSchema,
  category: categorySchema,
  language: languageSchema,
  version: z.int().min(1),
  description: z.string().max(2_000),
  sources: z.array(z.string().max(500)).default([]),
  threshold: z.number().min(0.01).max(1_000_000).optional(),
  words: wordsSchema.default({}),
  unless: phrasesSchema.optional(),
  context_unless: phrasesSchema.optional(),
  rules: z.array(ruleSchema).default([]),
  sites: z.array(siteSchema).default([]),
  allow_sites: z.array(z.string().min(1).max(2_000)).default([]),
});
export type PackSource = z.infer<typeof packSchema>;
