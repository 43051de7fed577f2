import type { Files } from '../../src/main/ports/index.ts';

/** Files in memory, with a folder watcher that a test triggers by writing. */
export function createFakeFiles(): Files & {
  readonly contents: Map<string, Uint8Array>;
  /** Writes as another program would: watchers hear of it. */
  drop(path: string, text: string): void;
  /** From now on every write fails, as on a full disk. */
  fill(full: boolean): void;
  watching(): number;
} {
  const contents = new Map<string, Uint8Array>();
  const watchers = new Set<{ readonly folder: string; readonly onChange: () => void }>();
  let full = false;
  return {
    contents,
    drop(path, text) {
      contents.set(path, new TextEncoder().encode(text));
      for (const watcher of watchers) if (path.startsWith(`${watcher.folder}/`)) watcher.onChange();
    },
    fill(isFull) {
      full = isFull;
    },
    watching: () => watchers.size,
    read: async (path) => contents.get(path) ?? null,
    async writeAtomic(path, bytes) {
      if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      contents.set(path, bytes);
    },
    remove: async (path) => void contents.delete(path),
    async move(from, to) {
      const bytes = contents.get(from);
      if (bytes === undefined) return;
      contents.delete(from);
      contents.set(to, bytes);
    },
    async list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      return [...contents.keys()]
        .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
        .map((path) => path.slice(prefix.length))
        .sort();
    },
    absolute: (path) => `/fake/${path}`,
    watch(folder, onChange) {
      const watcher = { folder, onChange };
      watchers.add(watcher);
      return { dispose: () => void watchers.delete(watcher) };
    },
  };
}
