import { z } from 'zod';
import { issuedIntakeKeySchema } from './agentApi.ts';
import { audienceSchema, categorySchema } from './categories.ts';
import { dispositionSchema } from './hit.ts';
import { epochMsSchema } from './text.ts';

/** Someone a pupil can choose to tell. */
export const contactSchema = z.object({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(100),
  /** In words a pupil knows: "Head of Year 5". */
  role: z.string().max(100),
});

/** A help line shown after a report. */
export const helplineSchema = z.object({
  name: z.string().min(1).max(100),
  phone: z.string().max(40).nullable(),
  website: z.string().max(200).nullable(),
  words: z.string().max(200),
});

/** A stretch of the school's week: `{ days: ['mon'], from: '12:00', to: '13:00' }`, in the school's time zone. */
export const weeklyTimeSchema = z.object({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  /** Not included; `24:00` is the end of the day. Not after `from`: on the next day. */
  to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/),
});

/** What a category means for an audience; nothing said: unacceptable. The locked categories ignore it. */
export const dispositionRuleSchema = z.object({
  category: categorySchema,
  audience: audienceSchema,
  disposition: dispositionSchema,
  /** With `acceptable_at_certain_times`: when. */
  times: z.array(weeklyTimeSchema).max(50).optional(),
  /** With `acceptable_for_nominated_users`: account names, in any case. */
  users: z.array(z.string().min(1).max(256)).max(1_000).optional(),
});
export type DispositionRule = z.infer<typeof dispositionRuleSchema>;

/** A hit that does not count. All conditions given must hold; one of rule, pack, category, site or words must be given. */
export const ruleExceptionSchema = z
  .object({
    ruleId: z.string().min(1).max(200).optional(),
    packId: z.string().min(1).max(200).optional(),
    category: categorySchema.optional(),
    audience: audienceSchema.optional(),
    /** A domain with its subdomains, or a path below it. */
    site: z.string().min(1).max(253).optional(),
    /** The words hit, however they are written. */
    words: z.string().min(1).max(200).optional(),
    reason: z.string().min(1).max(500),
  })
  .refine(
    (exception) =>
      exception.ruleId ?? exception.packId ?? exception.category ?? exception.site ?? exception.words,
    {
      error: 'an exception names a rule, pack, category, site or words',
    },
  );
export type RuleException = z.infer<typeof ruleExceptionSchema>;

/** Control characters but the line break, and marks that turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** Words of the school's own, plain text; each line is a paragraph. */
export const ownWordsSchema = z.object({
  /** Left out: for everybody. */
  audiences: z.array(audienceSchema).min(1).optional(),
  words: z
    .string()
    .trim()
    .min(1)
    .max(600)
    .refine((words) => words.isWellFormed() && !UNPRINTABLE.test(words.replaceAll('\n', '')), {
      error: 'expected plain text without control characters',
    })
    .refine((words) => words.split('\n').length <= 12, { error: 'expected 12 lines at most' }),
});

/** What pupils read in the school's own words; the first entry for their audience counts, ours where there is none. */
export const textsSchema = z.object({
  /** Stands first in the notice that the computer is monitored. What is monitored, by whom and when follows it always. */
  notice: z.array(ownWordsSchema).max(20).default([]),
  /** Reassures a pupil who has just told something. What happens next follows it always. */
  report: z.array(ownWordsSchema).max(20).default([]),
});

/** Accounts that are of another audience than the device they sign in to; the first entry that fits counts. */
export const accountAudienceSchema = z.object({
  /** Account names as the system has them, in any case, with `*`: `staff-*`, `year1*`, `guest`. */
  accounts: z.array(z.string().min(1).max(100)).min(1).max(1_000),
  audience: audienceSchema,
});

/**
 * The school's decisions, as one versioned document. It travels signed (JWS); see `shared/seal`.
 * Every part has a default, so that a small school writes little.
 */
export const policySchema = z.object({
  version: z.int().min(1),
  issuedAt: epochMsSchema,
  school: z.object({
    name: z.string().min(1).max(200),
    /** IANA time zone: the one that people read times in. */
    timeZone: z.string().min(1).max(64),
  }),
  /** The key to seal to from now on: under the policy's signature, because whoever sets it reads the evidence. */
  intakeKey: issuedIntakeKeySchema.nullable().default(null),
  /** The audience of this device: of everybody who signs in to it and is in none of `audiences`. */
  audience: audienceSchema,
  audiences: z.array(accountAudienceSchema).max(500).default([]),
  /** Accounts used by several people: patterns with `*`. */
  sharedAccounts: z.array(z.string().min(1).max(100)).default([]),
  rules: z.object({
    /** Packs by id; null means every pack that ships with the agent. */
    packIds: z.array(z.string().min(1).max(200)).nullable().default(null),
    /** The school's own packs, as the YAML text a safeguarding lead wrote. */
    ownPacks: z
      .array(z.object({ name: z.string().min(1).max(200), yaml: z.string().max(1_000_000) }))
      .default([]),
    /** What counts for nobody, or not for some: taught by judging flags false, or decided beforehand. */
    exceptions: z.array(ruleExceptionSchema).max(5_000).default([]),
    dispositions: z.array(dispositionRuleSchema).default([]),
  }),
  capture: z.object({
    screenshots: z.boolean().default(true),
    /** Repeats of one rule, user and device within this time count up on one record. Critical never waits. */
    cooldownMs: z.int().min(0).max(86_400_000).default(180_000),
    contextEntries: z.int().min(0).max(20).default(5),
    privateWindows: z.enum(['hide', 'show']).default('hide'),
    /** Sign-in pages, password managers, banks, health portals: host or app patterns with `*`. */
    excluded: z
      .array(z.object({ pattern: z.string().min(1).max(200), reason: z.string().min(1).max(100) }))
      .default([]),
    /** Networks that count as the school's own, in CIDR form. Empty: the agent cannot tell. */
    schoolNetworks: z.array(z.string().max(64)).default([]),
  }),
  outbox: z.object({
    maxBytes: z.int().min(1_000_000).default(500_000_000),
  }),
  contacts: z.array(contactSchema).max(50).default([]),
  helplines: z.array(helplineSchema).max(20).default([]),
  texts: textsSchema.prefault({}),
});
export type Policy = z.infer<typeof policySchema>;
