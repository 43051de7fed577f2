import type { Disposable } from '#kernel';

/** Files under the agent's own data folder. Paths are relative to it and never leave it. */
export interface Files {
  /** The bytes, or null where there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** Writes beside, syncs, then renames: a reader sees the old bytes or the new, never half. */
  writeAtomic(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** Renames; what stood under the new name is replaced. Nothing happens where there is no such file. */
  move(from: string, to: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  /** The absolute path, for libraries that open files themselves. */
  absolute(path: string): string;
  /** Calls back when anything in the folder changed, after writes have settled. */
  watch(folder: string, onChange: () => void): Disposable;
}
