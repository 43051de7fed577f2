import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POLICY_FOLDER } from '../../src/main/policy/index.ts';
import type { TorturedAgent } from './agentProcess.ts';
import { pause } from './pause.ts';

const TRY_AGAIN_MS = 500;

/**
 * Does what a technician does at a site without a line to the server: takes the signed policy from a machine that has
 * it, and puts it into the folder of those that cannot get it. First half of it, as a slow copy would.
 */
export async function bringPolicyByFolder(agents: readonly TorturedAgent[], version: number): Promise<void> {
  const cutOff = agents.filter(({ line }) => line === 'inbox');
  const others = agents.filter(({ line }) => line !== 'inbox');
  if (cutOff.length === 0 || others.length === 0) return;
  const signed = await firstWith(others, version);
  await Promise.all(cutOff.map(({ data }) => putInto(join(data, POLICY_FOLDER), `v${version}.jws`, signed)));
}

async function firstWith(agents: readonly TorturedAgent[], version: number): Promise<string> {
  for (;;) {
    for (const { data } of agents) {
      const signed = await readFile(join(data, 'policy.jws'), 'utf8').catch(() => '');
      if (versionOf(signed) === version) return signed;
    }
    await pause(TRY_AGAIN_MS);
  }
}

/** Of a compact JWS whose payload is a policy; null where it is none. */
function versionOf(signed: string): number | null {
  const payload = signed.split('.')[1];
  if (payload === undefined) return null;
  const document: { readonly version?: number } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return document.version ?? null;
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
