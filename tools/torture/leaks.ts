import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TorturedAgent } from './agentProcess.ts';
import { PHRASES } from './scene.ts';

/** What was on the screens, who sat there, what was told, and what was in the pictures. */
const NEEDLES = [...Object.values(PHRASES), 'spelling homework', 'pupil.a', 'report a', 'picture of a'];

/** Looks into every byte of every file that agents wrote, databases, journals and logs alike. */
export async function countLeaks(
  folder: string,
  agents: readonly Pick<TorturedAgent, 'name'>[],
): Promise<number> {
  const names = new Set(agents.flatMap(({ name }) => [name, `${name}.log`]));
  let leaks = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const [first = ''] = path.slice(folder.length + 1).split('/');
    if (!entry.isFile() || !names.has(first)) continue;
    const bytes = (await readFile(path)).toString('latin1');
    if (NEEDLES.some((needle) => bytes.includes(needle))) leaks += 1;
  }
  return leaks;
}
