/** Notes begun but not yet saved, by item. In memory only: they must not outlive the page. */
export interface Drafts {
  read(itemId: string): string;
  write(itemId: string, text: string): void;
  /** When a person leaves: the next one must not find their words. */
  clear(): void;
}

export function createDrafts(): Drafts {
  const texts = new Map<string, string>();
  return {
    read: (itemId) => texts.get(itemId) ?? '',
    write(itemId, text) {
      if (text === '') texts.delete(itemId);
      else texts.set(itemId, text);
    },
    clear: () => texts.clear(),
  };
}
