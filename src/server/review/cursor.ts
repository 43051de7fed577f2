import { z } from 'zod';

/** Where a page of the queue ended: the order's values of its last item. */
const cursorSchema = z.tuple([z.int(), z.int(), z.int(), z.string().max(40)]);
export type Cursor = z.infer<typeof cursorSchema>;

/** An opaque text for the client. */
export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** The cursor, or null where the text is not one of ours. */
export function readCursor(text: string): Cursor | null {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
