import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POLICY_FOLDER } from '../../src/main/policy/index.ts';
import type { TorturedAgent } from './agentProcess.ts';
import { pause } from './pause.ts';
import type { TorturedServer } from './schoolServer.ts';

const TRY_AGAIN_MS = 500;

/**
 * Does what a technician does at a site without a line to the server: prints the signed policy on the server, and puts
 * it into the folder of those that cannot get it. First half of it, as a slow copy would.
 */
export async function bringPolicyByFolder(
  server: TorturedServer,
  agents: readonly TorturedAgent[],
): Promise<void> {
  const cutOff = agents.filter(({ line }) => line === 'inbox');
  const signed = await server.command('policy', 'sign', '--audience', 'KS2');
  await Promise.all(cutOff.map(({ data }) => putInto(join(data, POLICY_FOLDER), 'newest.jws', signed)));
}

/** Until there is room for it: the disk may just be full. */
async function putInto(folder: string, name: string, signed: string): Promise<void> {
  for (;;) {
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, name), signed.slice(0, signed.length / 2));
      await pause(TRY_AGAIN_MS);
      await writeFile(join(folder, `${name}.part`), signed);
      return await rename(join(folder, `${name}.part`), join(folder, name));
    } catch {
      await pause(TRY_AGAIN_MS);
    }
  }
}
