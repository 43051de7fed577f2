import { z } from 'zod';

/** Longest text of one field that leaves a device, in UTF-16 code units. Longer ones are cut, never refused. */
export const MAX_TITLE_LENGTH = 2_000;
export const MAX_URL_LENGTH = 4_000;
export const MAX_NOTE_LENGTH = 4_000;

/**
 * Makes a hostile string safe to store and send: lone surrogates become U+FFFD and the text is cut
 * to `maxLength` code units without splitting a surrogate pair. Markup, bidi marks and control
 * characters are kept: they are evidence, and whoever shows the text shows it as text.
 */
export function boundText(text: string, maxLength: number): string {
  const wellFormed = text.toWellFormed();
  if (wellFormed.length <= maxLength) return wellFormed;
  const cut = wellFormed.slice(0, maxLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Milliseconds since 1970 UTC. */
export const epochMsSchema = z.int().min(0).max(8_640_000_000_000_000);

/** A UUID, version 7: its order is the order of creation. */
export const idSchema = z.uuidv7();
