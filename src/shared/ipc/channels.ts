import { z } from 'zod';
import { audienceSchema, contactSchema, helplineSchema, reportSchema } from '#contract';

/** The school's own words for this window and pupil, a paragraph each; none: ours are shown. */
const ownWords = z.array(z.string());

/**
 * The one map of everything a renderer may ask the main process. Handler, preload and renderer types
 * come from here; to add a channel, add an entry (see CONTRIBUTING.md). Nothing else crosses.
 */
export const channels = {
  /** What the report window needs to draw itself. */
  'report.open': {
    input: z.void(),
    output: z.object({
      audience: audienceSchema,
      schoolName: z.string(),
      contacts: z.array(contactSchema),
      helplines: z.array(helplineSchema),
      ownWords,
      /** What was in front when the tray was pressed, for the pupil to attach or leave out. */
      inFront: z.object({ app: z.string(), title: z.string() }).nullable(),
    }),
  },
  /** Writes the report to the outbox. Resolves when it is on disk; works offline. */
  'report.send': {
    input: reportSchema.pick({ about: true, text: true, urgent: true, contactId: true }).extend({
      attach: z.boolean(),
    }),
    output: z.object({ state: z.enum(['saved', 'failed']) }),
  },
  /** What the "this computer is monitored" window shows. */
  'notice.open': {
    input: z.void(),
    output: z.object({
      audience: audienceSchema,
      schoolName: z.string(),
      monitoring: z.enum(['watching', 'paused', 'problem']),
      helplines: z.array(helplineSchema),
      ownWords,
    }),
  },
  /** Closes the window that asks. */
  'window.close': { input: z.void(), output: z.void() },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type ChannelName = keyof typeof channels;
export type ChannelInput<Name extends ChannelName> = z.input<(typeof channels)[Name]['input']>;
export type ChannelOutput<Name extends ChannelName> = z.output<(typeof channels)[Name]['output']>;

/** What the preload exposes as `window.lapwing`. */
export type RendererApi = {
  invoke<Name extends ChannelName>(name: Name, input: ChannelInput<Name>): Promise<ChannelOutput<Name>>;
};
