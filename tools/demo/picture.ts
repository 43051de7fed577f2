import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';

/** A decoded picture, four bytes a pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export type Colour = readonly [red: number, green: number, blue: number];

/** How far a channel may be off, out of 255: JPEG is not exact. */
const TOLERANCE = 14;

export function decodePicture({ mediaType, bytes }: { mediaType: string; bytes: Buffer }): Picture {
  return mediaType === 'image/png' ? PNG.sync.read(bytes) : jpeg.decode(bytes, { useTArray: true });
}

/** The share of pixels that have this colour, 0 to 1. */
export function shareOf(picture: Picture, colour: Colour): number {
  const pixels = picture.width * picture.height;
  let same = 0;
  for (let at = 0; at < pixels * 4; at += 4) {
    if (colour.every((value, channel) => Math.abs((picture.data[at + channel] ?? 0) - value) <= TOLERANCE))
      same += 1;
  }
  return same / pixels;
}
