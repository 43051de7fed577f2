import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_NATIVE_FRAME_BYTES } from '#contract';
import { createFrameDecoder, encodeFrame } from '../../../../src/main/platform/relay/frames.ts';

function pushInCuts(bytes: Buffer, cuts: readonly number[]) {
  const decoder = createFrameDecoder();
  const events = [];
  let start = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    events.push(...decoder.push(bytes.subarray(start, cut)));
    start = cut;
  }
  return events;
}

test('frames come out whole and in order however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.json(), { maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (texts, cuts) => {
        const bytes = Buffer.concat(texts.map((text) => encodeFrame(text)));
        const received = pushInCuts(bytes, cuts).map((event) =>
          event.kind === 'frame' ? JSON.parse(event.bytes.toString('utf8')) : event,
        );
        expect(received).toEqual(texts);
      },
    ),
  );
});

test('an oversized frame is reported once, skipped to its end, and the next one still arrives', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200_000 }), fc.array(fc.nat(), { maxLength: 5 }), (extra, cuts) => {
      const length = MAX_NATIVE_FRAME_BYTES + extra;
      const header = Buffer.alloc(4);
      header.writeUInt32LE(length);
      const bytes = Buffer.concat([header, Buffer.alloc(length, 0x7b), encodeFrame('after')]);
      const events = pushInCuts(bytes, cuts);
      expect(events[0]).toEqual({ kind: 'oversized', length });
      expect(events).toHaveLength(2);
      expect(events[1]?.kind === 'frame' && events[1].bytes.toString()).toBe('"after"');
    }),
    { numRuns: 30 },
  );
});
