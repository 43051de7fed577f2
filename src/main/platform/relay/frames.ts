import { MAX_NATIVE_FRAME_BYTES } from '#contract';

const HEADER_BYTES = 4;

/** What a stream of frames brought: a whole frame, or one over the limit that was left out. */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  | { readonly kind: 'oversized'; readonly length: number };

/** One frame of the browsers' native messaging: 32-bit little-endian length, then UTF-8 JSON. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length);
  return Buffer.concat([header, body]);
}

/**
 * Makes a decoder for one connection: takes bytes in any cuts and gives the frames they complete.
 * Holds at most one frame of the limit's size, whatever the other side sends.
 */
export function createFrameDecoder(): { push(bytes: Buffer): FrameEvent[] } {
  let pending: Buffer = Buffer.alloc(0);
  let skipBytes = 0;

  return {
    push(bytes) {
      const events: FrameEvent[] = [];
      let rest: Buffer = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      for (;;) {
        if (skipBytes > 0) {
          const skipped = Math.min(skipBytes, rest.length);
          skipBytes -= skipped;
          rest = rest.subarray(skipped);
        }
        if (rest.length < HEADER_BYTES) break;
        const length = rest.readUInt32LE();
        if (length > MAX_NATIVE_FRAME_BYTES) {
          events.push({ kind: 'oversized', length });
          rest = rest.subarray(HEADER_BYTES);
          skipBytes = length;
          continue;
        }
        if (rest.length < HEADER_BYTES + length) break;
        events.push({ kind: 'frame', bytes: rest.subarray(HEADER_BYTES, HEADER_BYTES + length) });
        rest = rest.subarray(HEADER_BYTES + length);
      }
      // A copy, so that a few waiting bytes do not keep a large chunk alive.
      pending = Buffer.from(rest);
      return events;
    },
  };
}
