/** What a note is bound to: it opens only in the place it was written for. */
export const noteContext = (itemId: string, entryId: string): string => `note ${itemId} ${entryId}`;

/** Opens notes where they stand, for whoever checks the store. */
export function openNoteWith(keyring: { openText(sealed: string, context: string): string | null }) {
  return (sealed: string, itemId: string, entryId: string): string | null =>
    keyring.openText(sealed, noteContext(itemId, entryId));
}
