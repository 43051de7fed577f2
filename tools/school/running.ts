import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What others need to find a school that `npm start` runs; lies in its folder while it does. */
const runningSchema = z.object({
  /** The process of `npm start`. */
  processId: z.int(),
  agentProcessId: z.int(),
  url: z.url(),
  /** `DISPLAY` and the like, where its agent's windows are. */
  environment: z.record(z.string(), z.string()),
});
export type RunningSchool = z.infer<typeof runningSchema>;

const fileIn = (folder: string) => join(folder, 'running.json');

export async function writeRunning(folder: string, running: RunningSchool): Promise<void> {
  await writeFile(fileIn(folder), JSON.stringify(running), { mode: 0o600 });
}

export async function removeRunning(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

/** The school that runs from this folder, or null. A file left by a killed `npm start` does not count. */
export async function readRunning(folder: string): Promise<RunningSchool | null> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  const running = runningSchema.safeParse(JSON.parse(text));
  return running.success && isAlive(running.data.processId) ? running.data : null;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
