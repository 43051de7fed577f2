import { z } from 'zod';
import { epochMsSchema, MAX_TITLE_LENGTH, MAX_URL_LENGTH } from './text.ts';

/** Where the URL of an observation came from. `none`: the browser's extension is missing, or it is no browser. */
export const urlSourceSchema = z.enum(['extension', 'system', 'none']);

/** Who was signed in when something was seen. */
export const sessionSchema = z.object({
  /** The operating system's account name. */
  user: z.string().max(256),
  displayName: z.string().max(256).nullable(),
  /** `shared`: several people use this account, so the name does not say who it was. */
  account: z.enum(['individual', 'shared']),
  accountType: z.enum(['local', 'domain', 'entra', 'unknown']),
  machine: z.string().max(256),
  /** On the school's own network; null where the agent cannot tell. */
  onSchoolNetwork: z.boolean().nullable(),
  /** IANA time zone of the machine. */
  timeZone: z.string().max(64),
});
export type Session = z.infer<typeof sessionSchema>;

/** The program whose window was in front. */
export const appSchema = z.object({
  name: z.string().max(512),
  path: z.string().max(4_096).nullable(),
  processId: z.int().min(0).nullable(),
});

/** What was in front of the person at one moment. One value for a window and, in a browser, its tab. */
export const observationSchema = z.object({
  at: epochMsSchema,
  app: appSchema,
  title: z.string().max(MAX_TITLE_LENGTH),
  url: z.string().max(MAX_URL_LENGTH).nullable(),
  urlSource: urlSourceSchema,
  /** A private (incognito) window: title and url are empty unless policy allows them. */
  private: z.boolean(),
  /** Why the content was left out by policy (sign-in page, password manager ...); title and url are then empty. */
  excluded: z.string().max(100).nullable(),
  session: sessionSchema,
});
export type Observation = z.infer<typeof observationSchema>;
