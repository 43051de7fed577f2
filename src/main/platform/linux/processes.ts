import { readFile, readlink } from 'node:fs/promises';

/** Follows one link or reads one small file under `/proc`; the tests put their own in place. */
export interface ProcFiles {
  link(path: string): Promise<string>;
  text(path: string): Promise<string>;
}

export const procFiles: ProcFiles = {
  link: (path) => readlink(path),
  text: (path) => readFile(path, 'utf8'),
};

/** What `/proc` tells about a process. Both are null for another user's process, or one that has ended. */
export async function describeProcess(
  files: ProcFiles,
  processId: number,
): Promise<{ readonly path: string | null; readonly name: string | null }> {
  const [path, command] = await Promise.all([
    files.link(`/proc/${processId}/exe`).catch(() => null),
    files.text(`/proc/${processId}/comm`).catch(() => null),
  ]);
  // The kernel marks a program that was replaced on disk while it runs (proc(5)).
  return { path: path?.replace(/ \(deleted\)$/, '') ?? null, name: command?.trimEnd() || null };
}
