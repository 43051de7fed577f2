import { EXTENSION_ORIGINS, type FrontTab, toAgentMessageSchema } from '#contract';
import { parseJson } from '#kernel';
import { createFrameDecoder, type FrameEvent } from './frames.ts';

/** Why a relay's connection was given up. */
export type ConnectionFault = 'malformed' | 'unknown_extension' | 'out_of_order';

/** What one relay's connection brings, in order. */
export interface ConnectionListener {
  onHello(browserPid: number): void;
  onFront(message: FrontTab): void;
  onOversized(bytes: number): void;
}

/**
 * The protocol of one relay's connection, without its socket: bytes in, parsed messages out. Returns a
 * fault when the other side breaks the protocol; the caller then closes it. The first message must be
 * the relay's hello with the origin of our own extension, which the browser states and no page can.
 */
export function createConnection(listener: ConnectionListener): {
  push(bytes: Buffer): ConnectionFault | null;
} {
  const decoder = createFrameDecoder();
  let greeted = false;

  function take(event: FrameEvent): ConnectionFault | null {
    if (event.kind === 'oversized') {
      listener.onOversized(event.length);
      return null;
    }
    const parsed = toAgentMessageSchema.safeParse(parseJson(event.bytes.toString('utf8')));
    if (!parsed.success) return 'malformed';
    const message = parsed.data;
    if (message.kind === 'hello') {
      if (greeted) return 'out_of_order';
      if (!EXTENSION_ORIGINS.has(message.origin)) return 'unknown_extension';
      greeted = true;
      listener.onHello(message.browserPid);
      return null;
    }
    if (!greeted) return 'out_of_order';
    if (message.kind === 'oversized') listener.onOversized(message.bytes);
    else listener.onFront(message);
    return null;
  }

  return {
    push(bytes) {
      for (const event of decoder.push(bytes)) {
        const fault = take(event);
        if (fault !== null) return fault;
      }
      return null;
    },
  };
}
