import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { AGENT_PATHS, envelopeSchema, policyResponseSchema, policySchema } from '#contract';
import { createIntakeKey, createSigningKey, signPolicy } from '#seal';
import { type Agent, createAgent } from '../../../src/main/app/index.ts';
import { createFiles, createHttp } from '../../../src/main/platform/node/index.ts';
import type { HttpOutcome } from '../../../src/main/ports/index.ts';
import { createTimers } from '../../../src/server/platform/clock.ts';
import { createRandom } from '../../../src/server/platform/random.ts';
import { createFakeVault } from '../../fakes/keyVault.ts';
import {
  createFakeLog,
  createFakePages,
  createFakeScreen,
  createFakeSession,
  createFakeTabs,
  createFakeTray,
  createFakeWindows,
} from '../../fakes/ports.ts';
import { aPack, createFakeRules } from '../../fakes/rules.ts';
import {
  type CommandLine,
  createCommandLine,
  type ServerProcess,
  startServerProcess,
} from '../../fakes/server/commandLine.ts';

/** A key rotated by the real command beside the real server, taken by the real agent over a line that may lie. */

const WAIT_MS = 120_000;
vi.setConfig({ testTimeout: 2 * WAIT_MS, hookTimeout: WAIT_MS });

const PACK = aPack({ severity: 'critical' });

let line: CommandLine;
let server: ServerProcess;
let folder: string;
const agents: Agent[] = [];
/** What stands between the agent and the server. */
let meddle: (path: string, answer: HttpOutcome) => HttpOutcome | Promise<HttpOutcome>;

beforeEach(async () => {
  meddle = (_path, answer) => answer;
  folder = await mkdtemp(join(tmpdir(), 'lapwing-rotation-'));
  line = await createCommandLine();
  expect((await line.on('init', '--school', 'Brook Primary')).code).toBe(0);
  server = await startServerProcess(line.data);
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()));
  await server.end('SIGKILL');
  await line.dispose();
  await rm(folder, { recursive: true });
});

const vaults = new Map<string, ReturnType<typeof createFakeVault>>();
async function startAgent(name: string) {
  const printed = await line.on('enrol-token', '--url', server.url, '--site', 'Main', '--audience', 'KS2');
  const windows = createFakeWindows();
  const log = createFakeLog();
  const vault = vaults.get(folder + name) ?? createFakeVault();
  vaults.set(folder + name, vault);
  const http = createHttp({ caPem: null });
  const agent = createAgent(
    {
      windows,
      log,
      tabs: createFakeTabs(),
      session: createFakeSession(),
      screen: createFakeScreen(),
      keyVault: vault,
      files: createFiles({ root: join(folder, name) }),
      tray: createFakeTray(),
      pages: createFakePages(),
      timers: createTimers(),
      random: { ...createRandom(), fraction: () => 0 },
      connect: () => ({
        openEvents: http.openEvents,
        send: async (request) => meddle(new URL(request.url).pathname, await http.send(request)),
      }),
      ...createFakeRules([PACK]),
      tokenSources: [{ name: 'test', read: async () => (vault.secrets.size > 0 ? null : printed.out) }],
    },
    { agentVersion: '0.1.0', platform: 'linux', development: false, ownProcessId: 1 },
  );
  agents.push(agent);
  await createFiles({ root: folder }).writeAtomic(`${name}/here`, new Uint8Array());
  await agent.start();
  return { agent, windows, log };
}

/** The keys that the records on the server are sealed to, in order. */
function stored(kind: 'capture' | 'health' = 'capture') {
  const database = new Sqlite(join(line.data, 'lapwing.db'), { readonly: true });
  try {
    const rows = database.prepare('select envelope from records where kind = ? order by sequence').all(kind);
    return z
      .array(z.object({ envelope: z.string() }))
      .parse(rows)
      .map(({ envelope }) => envelopeSchema.parse(JSON.parse(envelope)).keyId);
  } finally {
    database.close();
  }
}

const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: WAIT_MS, interval: 20 });
type FakeLog = ReturnType<typeof createFakeLog>;
const fieldsOf = (log: FakeLog) => log.entries.map(({ fields }) => Object.entries(fields).join(' '));
const logged = (log: FakeLog, key: string, value: unknown) =>
  eventually(() => expect(fieldsOf(log).join(' ')).toContain(`${key},${value}`));

async function rotate(): Promise<string> {
  const rotated = await line.on('rotate-keys', '--new-intake-key', '--json');
  expect(rotated.code, rotated.error).toBe(0);
  return z.object({ intakeKeyId: z.string() }).parse(JSON.parse(rotated.out)).intakeKeyId;
}

test('a rotated key is taken at once, old records stay readable, and a restart keeps the new key', async () => {
  const first = await startAgent('one');
  await logged(first.log, 'version', 1);
  first.windows.show({ title: 'wibble before' });
  await eventually(() => expect(stored()).toHaveLength(1));

  const newKeyId = await rotate();
  await logged(first.log, 'keyId', newKeyId);
  await logged(first.log, 'version', 2);
  first.windows.show({ title: 'wibble after' });
  await eventually(() => expect(stored()).toHaveLength(2));
  const [oldKeyId] = stored();
  expect(oldKeyId).not.toBe(newKeyId);
  expect(stored()).toEqual([oldKeyId, newKeyId]);

  await first.agent.stop();
  meddle = () => ({ kind: 'unreachable', reason: 'ECONNREFUSED' });
  const again = await startAgent('one');
  again.windows.show({ title: 'wibble offline' });
  meddle = (_path, answer) => answer;
  await eventually(() => expect(stored()).toEqual([oldKeyId, newKeyId, newKeyId]));

  // Every record opens, whichever key it is sealed to.
  const checked = await line.on('verify', '--json');
  expect(JSON.parse(checked.out)).toMatchObject({ faults: [] });
});

test('a man in the middle can neither swap the key nor bring an old one back', async () => {
  const { publicKey, keyId } = await createIntakeKey();
  const theirs = { keyId, publicKey, version: Date.UTC(2100, 1) };
  const forger = await createSigningKey();
  const old: string[] = [];
  const replacePolicy = (answer: HttpOutcome, over: (policy: string) => unknown): HttpOutcome => {
    if (answer.kind !== 'answered' || answer.status !== 200) return answer;
    const { policy } = policyResponseSchema.parse(JSON.parse(new TextDecoder().decode(answer.body)));
    return { ...answer, body: new TextEncoder().encode(JSON.stringify(over(policy))) };
  };
  const forged = await signPolicy(
    policySchema.parse({
      version: 99,
      issuedAt: 1,
      school: { name: 'Brook Primary', timeZone: 'Europe/London' },
      intakeKey: theirs,
      audience: 'KS2',
      rules: {},
      capture: {},
      outbox: {},
    }),
    forger,
  );
  const lies: readonly ((policy: string) => unknown)[] = [
    // Beside the signed document, as an earlier version of the protocol had it.
    (policy) => ({ policy, intakeKey: theirs }),
    () => ({ policy: forged }),
    () => ({ policy: `${old[0]}` }),
  ];
  let lie: (policy: string) => unknown = (policy) => {
    old.push(policy);
    return { policy };
  };
  meddle = (path, answer) =>
    path === AGENT_PATHS.policy ? replacePolicy(answer, (policy) => lie(policy)) : answer;

  const { windows, log } = await startAgent('two');
  await logged(log, 'version', 1);
  const newKeyId = await rotate();
  await logged(log, 'keyId', newKeyId);

  for (const [at, next] of lies.entries()) {
    lie = next;
    await rotateNothing(at + 3);
    if (at === 0) await logged(log, 'version', 3);
    else await logged(log, 'code', at === 1 ? 'wrong_signature' : 'older');
    windows.show({ title: `wibble ${at}` });
    await eventually(() => expect(stored()).toHaveLength(at + 1));
  }
  expect(stored()).toEqual([newKeyId, newKeyId, newKeyId]);
  expect(fieldsOf(log).join(' ')).not.toContain(theirs.keyId);
  // The school hears of it.
  await eventually(() => expect(stored('health')).not.toEqual([]));
});

/** Another version of the same policy, so that the agent fetches it. */
async function rotateNothing(version: number): Promise<void> {
  const files = createFiles({ root: folder });
  const shown = await line.on('policy');
  await files.writeAtomic('policy.yaml', new TextEncoder().encode(shown.out));
  const set = await line.on('policy', 'set', join(folder, 'policy.yaml'));
  expect(set.out).toBe(`Policy version ${version} is in force.`);
}
