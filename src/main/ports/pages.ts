import type { z } from 'zod';
import type { ChannelName, ChannelOutput, channels } from '#ipc';
import type { Disposable } from '#kernel';

/** A pupil's window, by the folder of its page in `src/renderer`. */
export type PageName = 'report' | 'notice';

/** One handler for each channel of the IPC map; its input is already parsed. */
export type PageHandlers = {
  readonly [Name in ChannelName]: (
    input: z.output<(typeof channels)[Name]['input']>,
    page: { close(): void },
  ) => Promise<ChannelOutput<Name>>;
};

/** The pupils' windows: made on demand, destroyed when closed. */
export interface Pages {
  /** Answers what pages ask until disposed; disposing closes every page. */
  serve(handlers: PageHandlers): Disposable;
  /** Shows the page, or brings it to the front when it is open. `closed` is called once when the page it opened is gone. */
  open(page: PageName, closed?: () => void): void;
}
