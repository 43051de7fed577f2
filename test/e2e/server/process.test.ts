import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AGENT_PATHS, CONSOLE_PATHS, CSRF_HEADER } from '#contract';
import { createRequestSigner, createSealer, createSigningKey, parseEnrolmentToken } from '#seal';
import { createTimers } from '../../../src/server/platform/clock.ts';
import { createRandom } from '../../../src/server/platform/random.ts';
import {
  type CommandLine,
  createCommandLine,
  type ServerProcess,
  startServerProcess,
} from '../../fakes/server/commandLine.ts';
import { openStream } from '../../fakes/server/eventStream.ts';
import { startPostgres } from '../../fakes/server/postgres.ts';
import { fakeCapture } from '../../fakes/server/records.ts';

/** The real program in processes of its own: started, driven by commands beside it, killed, started again. */

let line: CommandLine;
let server: ServerProcess;
beforeEach(async () => {
  line = await createCommandLine();
  expect((await line.on('init', '--school', 'Brook Primary')).code).toBe(0);
  server = await startServerProcess(line.data);
});
afterEach(async () => {
  await server.end('SIGKILL');
  await line.dispose();
});

const timers = createTimers();
const random = createRandom();

async function enrol(commands: CommandLine, url: string) {
  const printed = await commands.on('enrol-token', '--url', url, '--site', 'Main', '--audience', 'KS3');
  const token = await parseEnrolmentToken(printed.out);
  if (!token.ok) throw new Error(token.error.message);
  const { tokenId, tokenSecret, intakeKey } = token.value;
  const key = await createSigningKey();
  const body = {
    tokenId,
    tokenSecret,
    publicKey: key.publicKey,
    machine: 'LIBRARY-07',
    hardwareId: 'hw-7',
    platform: 'linux',
    agentVersion: '0.1.0',
  };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url + AGENT_PATHS.enrol, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const { deviceId } = (await response.json()) as { deviceId: string };
  const sign = createRequestSigner({ clock: timers, newId: random.id }, { deviceId, deviceKey: key });
  const sealer = createSealer({ clock: timers, deviceKey: key }, { intakeKey });
  let sequence = 1;
  return {
    deviceId,
    headers: async (method: string, path: string, body: Uint8Array | null = null) => ({
      ...headers,
      authorization: `Bearer ${await sign({ method, path, body })}`,
    }),
    async seal(id: string) {
      const head = {
        id,
        deviceId,
        sequence: sequence++,
        kind: 'capture',
        priority: 'high',
        createdAt: timers.now(),
      } as const;
      return sealer.sealRecord(head, Buffer.from(JSON.stringify(fakeCapture(id))));
    },
    async send(
      envelopes: readonly unknown[],
      to = server,
    ): Promise<{ status: number; answers: { status: string }[] }> {
      const body = Buffer.from(JSON.stringify({ envelopes }));
      const path = AGENT_PATHS.envelopes;
      const response = await fetch(to.url + path, {
        method: 'POST',
        headers: await this.headers('POST', path, body),
        body,
      });
      return { status: response.status, ...((await response.json()) as { answers: { status: string }[] }) };
    },
  };
}

test('what was acknowledged survives a kill at any instant, and what is sent again is known', async () => {
  const device = await enrol(line, server.url);
  const ids = Array.from({ length: 40 }, () => random.id());
  const envelopes = await Promise.all(ids.map((id) => device.seal(id)));
  const acknowledged = new Set<string>();
  const batches = Array.from({ length: 8 }, (_, index) => envelopes.slice(index * 5, index * 5 + 5));
  const sending = batches.map(async (batch, index) => {
    const outcome = await device.send(batch).catch(() => null);
    for (const { id } of outcome?.answers === undefined ? [] : batch) acknowledged.add(id);
    if (index === 2) await server.end('SIGKILL');
  });
  await Promise.all(sending);
  expect(acknowledged.size).toBeGreaterThan(0);

  const old = server;
  server = await startServerProcess(line.data);
  expect(server.url).not.toBe(old.url);
  const again = await device.send(envelopes);
  const stored = again.answers.flatMap(({ status }, index) =>
    status === 'duplicate' ? [envelopes[index]?.id] : [],
  );
  for (const id of acknowledged) expect(stored).toContain(id);
  const list = JSON.parse((await line.on('devices', '--json')).out);
  expect(list.devices[0].gaps).toEqual([]);
});

test('commands beside the running server take effect at once', async () => {
  const device = await enrol(line, server.url);
  const stream = await openStream(
    server.url + AGENT_PATHS.events,
    await device.headers('GET', AGENT_PATHS.events),
  );
  const first = await stream.next();
  const path = join(line.folder, 'policy.yaml');
  await writeFile(path, 'school: {name: B, timeZone: UTC}\nrules: {}\ncapture: {}\noutbox: {}\n');
  expect((await line.on('policy', 'set', path)).code).toBe(0);
  const second = await stream.next();
  expect(second?.data).not.toEqual(first?.data);

  expect((await line.on('revoke', device.deviceId)).code).toBe(0);
  expect(await stream.next()).toBeNull();
  const refused = await device.send([await device.seal(random.id())]);
  expect(refused).toMatchObject({ status: 403, error: { code: 'device_revoked' } });
  expect((await line.on('revoke', device.deviceId)).code).toBe(1);
});

/** Makes an account and signs in: the session's cookie and the password. */
async function signIn(): Promise<{ cookie: string; password: string }> {
  const made = await line.on(
    'add-account',
    '--username',
    'amy',
    '--display-name',
    'Amy',
    '--role',
    'dsl',
    '--json',
  );
  const { password } = JSON.parse(made.out);
  const response = await fetch(server.url + CONSOLE_PATHS.session, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [CSRF_HEADER]: '1' },
    body: JSON.stringify({ username: 'amy', password }),
  });
  expect(response.status).toBe(200);
  await response.text();
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { cookie, password };
}

test('an account made beside the running server can sign in; a signal ends everything in order', async () => {
  const { cookie, password } = await signIn();
  const stream = await openStream(server.url + CONSOLE_PATHS.events, { cookie });
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect(await server.end('SIGTERM')).toBe(0);
  expect(await stream.next()).toBeNull();
  for (const logged of server.stderr().trim().split('\n'))
    expect(() => JSON.parse(logged), logged).not.toThrow();
  expect(server.stderr()).not.toContain(password);
});

test.each([
  ['disabled', ['disable', 'amy', '--leave-no-dsl']],
  ['given another password', ['password', 'amy']],
])('a person whose account is %s by a command beside the server is out at once', async (_what, words) => {
  const { cookie } = await signIn();
  const stream = await openStream(server.url + CONSOLE_PATHS.events, { cookie });
  expect((await line.on('account', ...words)).code).toBe(0);
  expect((await fetch(server.url + CONSOLE_PATHS.session, { headers: { cookie } })).status).toBe(401);
  expect(await stream.next()).toBeNull();
});

test('over TLS the cookie travels only so, and browsers are told to stay with it', async () => {
  const certificates = fileURLToPath(new URL('../../fakes/certificates', import.meta.url));
  const words = [
    '--tls-cert',
    join(certificates, 'localhost.pem'),
    '--tls-key',
    join(certificates, 'localhost.key'),
  ];
  const secure = await startServerProcess(line.data, { words });
  try {
    expect(secure.url).toMatch(/^https:/);
    const made = await line.on(
      'add-account',
      '--username',
      'bo',
      '--display-name',
      'Bo',
      '--role',
      'dsl',
      '--json',
    );
    const { password } = JSON.parse(made.out);
    const ca = await readFile(join(certificates, 'ca.pem'));
    const payload = JSON.stringify({ username: 'bo', password });
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const request = httpsRequest(secure.url + CONSOLE_PATHS.session, {
        method: 'POST',
        ca,
        agent: false,
        headers: { 'content-type': 'application/json', [CSRF_HEADER]: '1', 'content-length': payload.length },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.headers));
      });
      request.end(payload);
    });
    expect(headers['set-cookie']?.[0]).toMatch(/; Secure/);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  } finally {
    await secure.end('SIGKILL');
  }
});

test('of two processes on one PostgreSQL one is killed: what either acknowledged is there, once', async () => {
  const postgres = await startPostgres({ synced: false });
  const environment = { LAPWING_DATABASE_URL: await postgres.createDatabase() };
  const shared = await createCommandLine(environment);
  expect((await shared.on('init', '--school', 'Trust')).code).toBe(0);
  const [one, two] = await Promise.all([
    startServerProcess(shared.data, { environment }),
    startServerProcess(shared.data, { environment }),
  ]);
  try {
    const device = await enrol(shared, one.url);
    const envelopes = await Promise.all(Array.from({ length: 40 }, () => device.seal(random.id())));
    const acknowledged = new Set<string>();
    const sending = Array.from({ length: 8 }, async (_, index) => {
      const batch = envelopes.slice(index * 5, index * 5 + 5);
      const outcomes = await Promise.allSettled([device.send(batch, one), device.send(batch, two)]);
      if (outcomes.some(({ status }) => status === 'fulfilled'))
        for (const { id } of batch) acknowledged.add(id);
      if (index === 3) await one.end('SIGKILL');
    });
    await Promise.all(sending);
    expect(acknowledged.size).toBe(40);
    const again = await device.send(envelopes, two);
    expect(again.answers.map(({ status }) => status)).toEqual(Array(40).fill('duplicate'));
    const report = JSON.parse((await shared.on('verify', '--json')).out);
    expect(report).toMatchObject({ records: 40, lacking: 0, faults: [] });
    expect((await shared.on('backup', join(shared.folder, 'b'))).error).toMatch(/pg_dump/);
  } finally {
    await one.end('SIGKILL');
    await two.end('SIGTERM');
    await shared.dispose();
    await postgres.stop();
  }
});
