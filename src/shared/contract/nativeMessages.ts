import { z } from 'zod';
import { epochMsSchema, MAX_TITLE_LENGTH, MAX_URL_LENGTH } from './text.ts';

/**
 * Browser extension <-> relay <-> agent. Both hops use the browsers' native-messaging framing: a 32-bit
 * little-endian length, then that many bytes of UTF-8 JSON. The relay adds one `hello` frame per
 * connection and passes everything else through unread.
 */

/** Longest frame either side accepts, in bytes. A title and a URL at their limits fit several times over. */
export const MAX_NATIVE_FRAME_BYTES = 65_536;

/** The name under which the relay is registered with the browsers. */
export const NATIVE_HOST_NAME = 'org.lapwing.relay';

export const browserNameSchema = z.enum(['chrome', 'edge', 'firefox', 'chromium']);
export type BrowserName = z.infer<typeof browserNameSchema>;

/** Relay -> agent, first frame of a connection: who started the relay. */
export const relayHelloSchema = z.object({
  kind: z.literal('hello'),
  version: z.literal(1),
  /** Chromium browsers: `chrome-extension://<id>/`. Firefox: the extension's id. Given by the browser, not by the extension. */
  origin: z.string().max(200),
  /** The browser's process, which joins its tabs with its windows. */
  browserPid: z.int().min(0),
});

/** Relay -> agent: a frame from the browser was larger than the limit and has been left out. */
export const relayOversizedSchema = z.object({
  kind: z.literal('oversized'),
  bytes: z.number().min(0),
});

/**
 * Extension -> agent: what the last focused window of this browser shows now; null when it has none. Whether
 * the browser is in front at all, the operating system knows better.
 */
export const frontTabSchema = z.object({
  kind: z.literal('front'),
  version: z.literal(1),
  browser: browserNameSchema,
  at: epochMsSchema,
  tab: z
    .object({
      url: z.string().max(MAX_URL_LENGTH),
      title: z.string().max(MAX_TITLE_LENGTH),
      /** A private window; url and title are then empty unless the policy shows them. */
      private: z.boolean(),
    })
    .nullable(),
});
export type FrontTab = z.infer<typeof frontTabSchema>;

/** Everything the agent may receive. */
export const toAgentMessageSchema = z.discriminatedUnion('kind', [
  relayHelloSchema,
  relayOversizedSchema,
  frontTabSchema,
]);

/** Agent -> extension, on connection and on each change of policy. */
export const toExtensionMessageSchema = z.object({
  kind: z.literal('settings'),
  privateWindows: z.enum(['hide', 'show']),
});
export type ToExtensionMessage = z.infer<typeof toExtensionMessageSchema>;

/**
 * Who may speak to the relay: the ids of our own extension. Chromium's follows from the `key` in its
 * manifest (the first 32 hexadecimal digits of the SHA-256 of the public key, written a-p).
 */
export const EXTENSION_ID_CHROMIUM = 'caifojnedfmmmhbppnhnbciljoohlfmj';
export const EXTENSION_ID_FIREFOX = 'tabs@lapwing.invalid';
export const EXTENSION_ORIGINS: ReadonlySet<string> = new Set([
  `chrome-extension://${EXTENSION_ID_CHROMIUM}/`,
  EXTENSION_ID_FIREFOX,
]);
