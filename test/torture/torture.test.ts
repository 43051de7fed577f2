import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TortureReport } from '../../tools/torture/judge.ts';

const PROGRAM = fileURLToPath(new URL('../../tools/torture/torture.ts', import.meta.url));

/** The program itself, so that it can have file systems of its own. */
async function torture(...args: readonly string[]): Promise<{ report: TortureReport; said: string }> {
  const child = spawn(process.execPath, [PROGRAM, '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, said]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  await new Promise((resolve) => child.once('close', resolve));
  if (out.length === 0) throw new Error(`no report: ${said.join('')}`);
  return { report: JSON.parse(out.join('')), said: said.join('') };
}

test('a short torture: nothing is lost, doubled, unreadable or leaked', async () => {
  const { report, said } = await torture('--minutes', '0.25', '--agents', '4', '--seed', '4711');
  expect(report, said).toMatchObject({
    missing: 0,
    duplicated: 0,
    unreadable: 0,
    faults: [],
    missingPictures: 0,
    gaps: 0,
    leaks: 0,
    crashes: 0,
    newestPolicy: 3,
    policyApplied: 4,
    agentsByTls: 3,
    ok: true,
  });
  expect(report.policies.map(({ by, version }) => [by, version])).toEqual([
    ['push', 3],
    ['folder', 3],
    ['push', 3],
    ['push', 3],
  ]);
  const { written, verified, agentKills, serverKills, fullDisks, clockJumps, serverClockJumps } = report;
  for (const count of [written, verified, agentKills, serverKills, clockJumps, serverClockJumps])
    expect(count).toBeGreaterThan(0);
  // Elsewhere no disk can be filled: `fullDisk` in the report says how it was done here.
  if (process.platform === 'linux') expect(fullDisks).toBeGreaterThan(0);
}, 1_800_000);
