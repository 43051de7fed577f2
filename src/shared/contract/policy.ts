import { z } from 'zod';
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
  /** The audience of this device. */
  audience: audienceSchema,
  /** Accounts used by several people: patterns with `*`. */
  sharedAccounts: z.array(z.string().min(1).max(100)).default([]),
  rules: z.object({
    /** Packs by id; null means every pack that ships with the agent. */
    packIds: z.array(z.string().min(1).max(200)).nullable().default(null),
    /** The school's own packs, as the YAML text a safeguarding lead wrote. */
    ownPacks: z.array(z.object({ name: z.string().min(1).max(200), yaml: z.string().max(1_000_000) })).default([]),
    dispositions: z
      .array(
        z.object({
          category: categorySchema,
          audience: audienceSchema,
          disposition: dispositionSchema,
        }),
      )
      .default([]),
  }),
  capture: z.object({
    screenshots: z.boolean().default(true),
    /** Repeats of one rule, user and device within this time count up on one record. Critical never waits. */
    cooldownMs: z.int().min(0).max(86_400_000).default(180_000),
    contextEntries: z.int().min(0).max(20).default(5),
    privateWindows: z.enum(['hide', 'show']).default('hide'),
    /** Sign-in pages, password managers, banks, health portals: host or app patterns with `*`. */
    excluded: z.array(z.object({ pattern: z.string().min(1).max(200), reason: z.string().min(1).max(100) })).default([]),
    /** Networks that count as the school's own, in CIDR form. Empty: the agent cannot tell. */
    schoolNetworks: z.array(z.string().max(64)).default([]),
  }),
  outbox: z.object({
    maxBytes: z.int().min(1_000_000).default(500_000_000),
  }),
  contacts: z.array(contactSchema).max(50).default([]),
  helplines: z.array(helplineSchema).max(20).default([]),
});
export type Policy = z.infer<typeof policySchema>;
