/** How far a channel may be from pure black or white and still count, out of 255. Compression adds noise. */
const TOLERANCE = 4;

/** Pixels looked at in each direction: enough to find one word on a blank page. */
const SAMPLES_PER_SIDE = 256;

/**
 * Whether a picture shows nothing: every sampled pixel black, or every one white, or every one transparent.
 * That is what systems hand over for protected or unpainted windows. A window of any other single colour
 * is a picture of that window.
 *
 * @param pixels four bytes a pixel, row by row; the order of the three colours does not matter
 * @param size in pixels
 */
export function isBlankImage(
  pixels: Uint8Array,
  size: { readonly width: number; readonly height: number },
): boolean {
  const { width, height } = size;
  if (width < 1 || height < 1 || pixels.byteLength < width * height * 4) return true;
  const stepX = Math.max(1, Math.floor(width / SAMPLES_PER_SIDE));
  const stepY = Math.max(1, Math.floor(height / SAMPLES_PER_SIDE));
  let black = true;
  let white = true;
  let transparent = true;
  for (let y = 0; y < height; y += stepY) {
    for (let x = 0; x < width; x += stepX) {
      const at = (y * width + x) * 4;
      const low = Math.min(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
      const high = Math.max(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
      black &&= high <= TOLERANCE;
      white &&= low >= 255 - TOLERANCE;
      transparent &&= pixels[at + 3] === 0;
      if (!black && !white && !transparent) return false;
    }
  }
  return true;
}
