import type { Files } from '../ports/index.ts';
import { StoreFailure } from './store.ts';

/** The outbox's database, in the agent's data folder. */
export const DATABASE = 'outbox.db';

/** The database itself, and what SQLite keeps beside it. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

/** Renames a database with all that belongs to it; what has been moved already stays moved. */
export async function moveDatabase(files: Pick<Files, 'move'>, from: string, to: string): Promise<void> {
  for (const companion of COMPANIONS) await files.move(from + companion, to + companion);
}

export async function removeDatabase(files: Pick<Files, 'remove'>, name: string): Promise<void> {
  for (const companion of COMPANIONS) await files.remove(name + companion);
}

/** Whether the disk is full or another program holds the file: the same may work later. A bug is not. */
export function isRefusal(failure: unknown): boolean {
  if (failure instanceof StoreFailure) return true;
  return failure instanceof Error && 'code' in failure && /^E[A-Z0-9]+$/.test(String(failure.code));
}
