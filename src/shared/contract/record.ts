import { z } from 'zod';
import { hitSchema } from './hit.ts';
import { type Observation, observationSchema, sessionSchema } from './observation.ts';
import { epochMsSchema, idSchema, MAX_NOTE_LENGTH, MAX_TITLE_LENGTH, MAX_URL_LENGTH } from './text.ts';

/**
 * The plain content of a record, before it is sealed on the device and after it is opened on the server.
 * `kind` tells them apart.
 */

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 as 64 hexadecimal digits');

/** A picture that travels on its own, after its text. `sha256` and `sealedBytes` are those of the sealed blob. */
const takenSchema = z.object({
  state: z.literal('taken'),
  sha256: sha256Schema,
  sealedBytes: z.int().min(1).max(20_000_000),
  mediaType: z.enum(['image/jpeg', 'image/png']),
  width: z.int().min(1).max(20_000),
  height: z.int().min(1).max(20_000),
});
const noScreenshotSchema = z.object({
  state: z.literal('none'),
  reason: z.enum([
    'locked_category',
    'policy',
    'private_window',
    'window_gone',
    'blank_image',
    'no_permission',
    'not_supported',
    'storage_full',
    'failed',
    /** The rules in force did not know yet which sites must never be pictured, as for seconds after a start. */
    'lists_not_ready',
    /** The agent was stopped between writing the text and taking the picture. */
    'interrupted',
  ]),
});

/**
 * What a capture or report says of its picture when it is written: text never waits for a picture, so it
 * is either promised (a `screenshot` record follows) or known to be none.
 */
export const screenshotPlanSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('awaited') }),
  noScreenshotSchema,
]);
export type ScreenshotPlan = z.infer<typeof screenshotPlanSchema>;

/** What became of an awaited picture. */
export const screenshotOutcomeSchema = z.discriminatedUnion('state', [takenSchema, noScreenshotSchema]);
export type ScreenshotOutcome = z.infer<typeof screenshotOutcomeSchema>;

/** What a reader knows of a picture: the outcome once it is known, `awaited` until then. */
export const screenshotSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('awaited') }),
  takenSchema,
  noScreenshotSchema,
]);
export type Screenshot = z.infer<typeof screenshotSchema>;

/** What was in front before the flagged moment: enough to understand it, no more. */
export const contextEntrySchema = z.object({
  at: epochMsSchema,
  app: z.string().max(512),
  title: z.string().max(MAX_TITLE_LENGTH),
  url: z.string().max(MAX_URL_LENGTH).nullable(),
});
export type ContextEntry = z.infer<typeof contextEntrySchema>;

/** An observation as it appears beside a later capture or a report. */
export function contextEntry({ at, app, title, url }: Observation): ContextEntry {
  return { at, app: app.name, title, url };
}

/** One or more hits on an observation. */
export const captureSchema = z.object({
  kind: z.literal('capture'),
  id: idSchema,
  observation: observationSchema,
  /** Worst first; the least severe ones are left out where the record would not fit its envelope. */
  hits: z.array(hitSchema).min(1).max(100),
  /** Search words taken out of the URL, where a hit's field is `search`. */
  search: z.string().max(MAX_URL_LENGTH).nullable(),
  /** Oldest first; the oldest ones are left out where the record would not fit its envelope. */
  context: z.array(contextEntrySchema).max(20),
  screenshot: screenshotPlanSchema,
  policyVersion: z.int().min(0),
});
export type Capture = z.infer<typeof captureSchema>;

/** The same rule fired again for the same user and device within its cooldown: one capture, counted. */
export const repeatSchema = z.object({
  kind: z.literal('repeat'),
  id: idSchema,
  captureId: idSchema,
  /** All occurrences so far, the first included. The server keeps the largest it has seen. */
  occurrences: z.int().min(2),
  lastAt: epochMsSchema,
});
export type Repeat = z.infer<typeof repeatSchema>;

/** What a pupil told an adult. */
export const reportSchema = z.object({
  kind: z.literal('report'),
  id: idSchema,
  at: epochMsSchema,
  session: sessionSchema,
  /** What it is about, as the pupil's window words it. */
  about: z.enum(['something_i_saw', 'someone_to_me', 'someone_else', 'how_i_feel', 'something_else']),
  text: z.string().max(MAX_NOTE_LENGTH),
  urgent: z.boolean(),
  /** The trusted adult the pupil chose: an id from the policy's contacts, or null. */
  contactId: z.string().max(100).nullable(),
  /** What was in front when the tray was pressed, if the pupil left it attached. */
  attached: contextEntrySchema.nullable(),
  screenshot: screenshotPlanSchema.nullable(),
});
export type Report = z.infer<typeof reportSchema>;

/** What became of the picture that a capture or report awaited. Exactly one for each `awaited`. */
export const screenshotRecordSchema = z.object({
  kind: z.literal('screenshot'),
  id: idSchema,
  /** The capture or report it belongs to. */
  recordId: idSchema,
  screenshot: screenshotOutcomeSchema,
});

/**
 * What the agent had to give up, admitted by the agent itself: a sequence number in here is a known loss,
 * one that is missing without being in here is an open gap.
 */
export const droppedSchema = z.object({
  kind: z.literal('dropped'),
  id: idSchema,
  at: epochMsSchema,
  /** `storage_full`: the outbox's byte limit; `damaged`: its database could not be read, the numbers may not all have been in use. */
  reason: z.enum(['storage_full', 'damaged']),
  /** Sequence numbers that will never come, as inclusive ranges. */
  sequences: z.array(z.object({ from: z.int().min(1), to: z.int().min(1) })).max(1_000),
  /** Records whose taken screenshot will never come: their outcome is now `none`, `storage_full`. */
  screenshots: z.array(idSchema).max(1_000),
});
export type Dropped = z.infer<typeof droppedSchema>;

/** The state of one part of the agent. */
export const healthItemSchema = z.object({
  /** Which part: `observe`, `rules`, `screen`, `outbox.disk`, `deliver`, `policy`, `extension.chrome` ... */
  part: z.string().min(1).max(60),
  state: z.enum(['ok', 'degraded', 'failed']),
  /** A closed code, for machines; never contains titles, URLs or names. */
  code: z.string().min(1).max(60),
  /** One sentence a technician understands: what happened, what to do. */
  message: z.string().max(500),
  since: epochMsSchema,
});
export type HealthItem = z.infer<typeof healthItemSchema>;

/** A change of the agent's health, as a durable record. */
export const healthEventSchema = z.object({
  kind: z.literal('health'),
  id: idSchema,
  at: epochMsSchema,
  items: z.array(healthItemSchema).max(100),
});
export type HealthEvent = z.infer<typeof healthEventSchema>;

export const recordSchema = z.discriminatedUnion('kind', [
  captureSchema,
  repeatSchema,
  reportSchema,
  screenshotRecordSchema,
  droppedSchema,
  healthEventSchema,
]);
export type PlainRecord = z.infer<typeof recordSchema>;
