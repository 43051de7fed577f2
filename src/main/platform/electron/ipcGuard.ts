import { type ChannelName, channels } from '#ipc';
import type { PageHandlers } from '../../ports/index.ts';
import { PAGE_ORIGIN } from './pageFiles.ts';

/** Where a message came from, as Electron tells it. */
export interface Sender {
  /** The URL of the frame that sent it; null when the frame is gone. */
  readonly frameUrl: string | null;
  /** Whether that frame is the page's top frame. */
  readonly isTopFrame: boolean;
  /** Whether the message came from one of the agent's own windows. */
  readonly isOwnPage: boolean;
}

/** What a page is told when its call is refused: a code, never what the value was. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
}

function isTrusted(sender: Sender): boolean {
  return sender.isOwnPage && sender.isTopFrame && (sender.frameUrl?.startsWith(`${PAGE_ORIGIN}/`) ?? false);
}

/**
 * Runs one call of a page: sender checked, input parsed, handler, output parsed (so nothing beyond the
 * map's type crosses). Rejects with {@link RefusedCall} for a foreign sender or bad input.
 */
export async function runCall(
  handlers: PageHandlers,
  name: ChannelName,
  input: unknown,
  sender: Sender,
  page: { close(): void },
): Promise<unknown> {
  if (!isTrusted(sender)) throw new RefusedCall('not_allowed');
  const parsed = channels[name].input.safeParse(input);
  if (!parsed.success) throw new RefusedCall('invalid_input');
  // Each handler takes its own channel's input; TypeScript cannot follow that through an index.
  const handler = handlers[name] as (input: unknown, page: { close(): void }) => Promise<unknown>;
  return channels[name].output.parse(await handler(parsed.data, page));
}
