import { z } from 'zod';
import { categorySchema, severitySchema } from './categories.ts';
import { contactSchema } from './policy.ts';
import { captureSchema, healthItemSchema, reportSchema, screenshotSchema } from './record.ts';
import { epochMsSchema, idSchema, MAX_NOTE_LENGTH } from './text.ts';

/** Console <-> server, version 1. Signed in by session cookie; every change carries the CSRF header below. */
export const CONSOLE_PATHS = {
  session: '/api/v1/session',
  queue: '/api/v1/queue',
  /** `+ '/' + id`, `.../screenshot`, `.../decision` */
  items: '/api/v1/items',
  devices: '/api/v1/devices',
  events: '/api/v1/events',
  health: '/health',
} as const;

/** A header no form or image can send: its presence shows that our own console made the request. */
export const CSRF_HEADER = 'x-lapwing-console';

/**
 * With the value `1` on requests that no person asked for just now (reloading after an event, polling). They do
 * not keep the session alive, nor does the event stream, nor any reading of the session, the queue's first page
 * or the devices.
 */
export const BACKGROUND_HEADER = 'x-lapwing-background';

/** After so long without a deliberate request the session is locked and the password asked again (field.md S14). */
export const IDLE_LOCK_MS = 20 * 60 * 1000;

/** What a person may do. A role is a set of these. */
export const permissionSchema = z.enum(['evidence_view', 'review', 'decide', 'fleet_view']);
export type Permission = z.infer<typeof permissionSchema>;

/** `contractor`: a technician who is given the fleet without the evidence. */
export const roleSchema = z.enum(['technician', 'dsl', 'contractor']);
export type Role = z.infer<typeof roleSchema>;

export const signInRequestSchema = z.object({
  username: z.string().min(1).max(100),
  password: z.string().min(1).max(200),
});
export const meSchema = z.object({
  username: z.string(),
  displayName: z.string(),
  role: roleSchema,
  permissions: z.array(permissionSchema),
  school: z.object({ name: z.string(), timeZone: z.string() }),
});
export type Me = z.infer<typeof meSchema>;

/**
 * `waiting` for a first review; `passed` to the DSL; `no_concern` and `action_recorded` are closed.
 */
export const itemStateSchema = z.enum(['waiting', 'passed', 'no_concern', 'action_recorded']);
export type ItemState = z.infer<typeof itemStateSchema>;

/** The record as the device wrote it, with what is known of its picture by now. */
const shownCaptureSchema = captureSchema.extend({ screenshot: screenshotSchema });
const shownReportSchema = reportSchema.extend({ screenshot: screenshotSchema.nullable() });

/** One thing that asks for a person's judgement: a capture or a pupil's report. */
const itemBase = {
  id: idSchema,
  state: itemStateSchema,
  /** A report is `critical` when the pupil pressed "I need help now", otherwise `high`. */
  severity: severitySchema,
  device: z.object({ id: idSchema, machine: z.string() }),
  /** When the device wrote the record to its outbox, by the device's clock. */
  createdAt: epochMsSchema,
  /** When the server committed it. */
  receivedAt: epochMsSchema,
  occurrences: z.int().min(1),
  lastAt: epochMsSchema,
};
export const queueItemSchema = z.discriminatedUnion('kind', [
  z.object({
    ...itemBase,
    kind: z.literal('capture'),
    category: categorySchema,
    capture: shownCaptureSchema,
  }),
  z.object({
    ...itemBase,
    kind: z.literal('report'),
    report: shownReportSchema,
    /** Who the pupil chose to tell, as the policy named them; null when they chose nobody in particular. */
    contact: contactSchema.nullable().optional(),
  }),
]);
export type QueueItem = z.infer<typeof queueItemSchema>;

export const queueQuerySchema = z.object({
  /** `open` (default): what this person should look at now; `closed`: what was decided; `all`. */
  show: z.enum(['open', 'closed', 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  /** The cursor of an earlier answer. */
  after: z.string().max(200).optional(),
});
export const queueResponseSchema = z.object({
  /** Worst first, then newest first. */
  items: z.array(queueItemSchema),
  /** Items of this page that are left out because their record does not open: a lost key, a damaged disk. */
  unreadable: z.int().min(0),
  nextCursor: z.string().nullable(),
  counts: z.object({ open: z.int(), critical: z.int() }),
  /** For the empty state: when the last item came, and how many devices were heard of in the last ten minutes. */
  lastItemAt: epochMsSchema.nullable(),
  devices: z.object({ total: z.int(), watching: z.int() }),
});
export type QueueResponse = z.infer<typeof queueResponseSchema>;

/** What staff did with an item, oldest first. Views count too. */
export const historyEntrySchema = z.object({
  at: epochMsSchema,
  by: z.string(),
  action: z.enum([
    'received',
    'viewed',
    'screenshot_viewed',
    'no_concern',
    'passed',
    'action_recorded',
    'reopened',
  ]),
  note: z.string().nullable(),
});
export const itemResponseSchema = z.object({
  item: queueItemSchema,
  history: z.array(historyEntrySchema),
  /** Whether the picture can be looked at: `available` when it was taken and its sealed bytes have arrived. */
  screenshot: z.enum(['available', 'awaited', 'none']),
  /** What this person may do with the item in its present state. */
  allowed: z.array(z.enum(['no_concern', 'pass', 'record_action', 'reopen'])),
});
export type ItemResponse = z.infer<typeof itemResponseSchema>;

export const decisionRequestSchema = z.object({
  /** `pass`: first review -> DSL. `record_action`: the DSL writes what was done. */
  decision: z.enum(['no_concern', 'pass', 'record_action', 'reopen']),
  note: z.string().trim().max(MAX_NOTE_LENGTH),
  /** The state the person was looking at; a different one now is answered with `409 state_changed`. */
  from: itemStateSchema,
});

export const deviceSchema = z.object({
  id: idSchema,
  machine: z.string(),
  platform: z.enum(['win32', 'darwin', 'linux']),
  agentVersion: z.string(),
  enrolledAt: epochMsSchema,
  lastSeenAt: epochMsSchema.nullable(),
  revokedAt: epochMsSchema.nullable(),
  /** Why, in the words of whoever revoked it. */
  revokedReason: z.string().nullable(),
  policyReceived: z.int().nullable(),
  policyApplied: z.int().nullable(),
  health: z.array(healthItemSchema),
  queueRecords: z.int().nullable(),
  /** Sequence numbers the server lacks, as inclusive ranges, and since when it knows. */
  gaps: z.array(z.object({ from: z.int(), to: z.int(), since: epochMsSchema })),
});
export const devicesResponseSchema = z.object({ devices: z.array(deviceSchema) });
export type Device = z.infer<typeof deviceSchema>;

/** Server-sent events of `events`: the name is `kind`, the data this object. Reload what it names. */
export const consoleEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('item'), id: idSchema, severity: severitySchema, state: itemStateSchema }),
  z.object({ kind: z.literal('screenshot'), id: idSchema }),
  z.object({ kind: z.literal('device'), id: idSchema }),
]);
export type ConsoleEvent = z.infer<typeof consoleEventSchema>;

export const healthResponseSchema = z.object({ status: z.literal('ok'), version: z.string() });
