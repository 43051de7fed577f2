import { type Capture, MAX_RECORD_BYTES } from '#contract';

/**
 * The capture, small enough for its envelope: what does not fit is left out, the oldest context first, then the least
 * severe hits. `hits` worst first. The rest and one hit fit always (110 kB where every character is escaped).
 */
export function boundCapture(capture: Capture): Capture {
  let roomBytes = MAX_RECORD_BYTES - bytesOf({ ...capture, hits: [], context: [] });
  // The comma counts; after the first that does not fit there is no room for another.
  const fits = (part: unknown) => {
    roomBytes -= bytesOf(part) + 1;
    return roomBytes >= 0;
  };
  const hits = capture.hits.filter(fits);
  const context = capture.context.toReversed().filter(fits).toReversed();
  return { ...capture, hits, context };
}

function bytesOf(part: unknown): number {
  return new TextEncoder().encode(JSON.stringify(part)).length;
}
