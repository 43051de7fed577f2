import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AGENT_PATHS } from '#contract';
import { createRequestSigner, createSigningKey } from '#seal';
import { createHttp } from '../../src/main/platform/node/index.ts';
import { type Certificates, makeCertificates } from '../../tools/torture/certificates.ts';
import { type ChaosProxy, createChaosProxy } from '../../tools/torture/chaosProxy.ts';
import { type CutProxy, startCutProxy } from '../../tools/torture/cutProxy.ts';
import type { Dice } from '../../tools/torture/dice.ts';

let certificates: Certificates;
let server: Server;
let target: string;
let arrived: string[];
const open: (ChaosProxy | CutProxy)[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
});
beforeEach(async () => {
  arrived = [];
  const { certPem: cert, keyPem: key } = certificates;
  server = createServer({ cert, key }, (request, response) => {
    arrived.push(request.url ?? '');
    response.end(`answer to ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const proxy of open.splice(0)) await proxy.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Dice that fall as told, and then always on the last number. */
function loaded(...fractions: number[]): Dice {
  const fraction = () => (fractions.length > 1 ? fractions.shift() : fractions[0]) ?? 0;
  return {
    fraction,
    between: (from, to) => from + Math.floor(fraction() * (to - from + 1)),
    pick: (things) => things[0] as (typeof things)[number],
  };
}

function proxyWith(dice: Dice): ChaosProxy {
  const proxy = createChaosProxy(dice, certificates);
  open.push(proxy);
  proxy.setTarget(target);
  return proxy;
}

async function get(
  url: string,
  headers: Record<string, string> = {},
  caPem: string | null = certificates.caPem,
) {
  const answer = await createHttp({ caPem }).send({
    method: 'GET',
    url,
    headers,
    body: null,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  });
  return answer.kind === 'answered' ? new TextDecoder().decode(answer.body) : answer.kind;
}

async function deviceHeaders(): Promise<Record<string, string>> {
  const deviceKey = await createSigningKey();
  const sign = createRequestSigner(
    { clock: { now: () => 1_767_600_000_000 }, newId: () => 'one' },
    { deviceId: '019ab000-0000-7000-8000-00000000d001', deviceKey },
  );
  return { authorization: `Bearer ${await sign({ method: 'GET', path: '/', body: null })}` };
}

const PASS = 0.99;
const HOLD_BACK = 0.45;
const LINE_STAYS = 0.9;
const LINE_CUT = 0.1;

describe('the proxy', () => {
  test('speaks TLS to both sides, by the CA of this run and no other', async () => {
    const { url } = await proxyWith(loaded(PASS)).open(true);
    expect(url).toMatch(/^https:/);
    expect(await get(`${url}/a`)).toBe('answer to /a');
    expect(await get(`${url}/b`, {}, null)).toBe('unreachable');
    expect(await get(`${url}/c`, {}, (await makeCertificates()).caPem)).toBe('unreachable');
    expect(arrived).toEqual(['/a']);
  });

  test.each([
    ['answered after it', LINE_STAYS, 'answer to /old'],
    ['whose line is cut meanwhile', LINE_CUT, 'unreachable'],
  ])('lets a newer request of the same device go first: the old one is %s', async (_how, line, old) => {
    const proxy = proxyWith(loaded(HOLD_BACK, line, PASS));
    const { url } = await proxy.open(false);
    proxy.setChaos(true);
    const headers = await deviceHeaders();
    const first = get(`${url}/old`, headers);
    // Whatever the order in which the two reach the proxy, the one that is held back is known by its fate.
    await expect.poll(() => proxy.heldBack(), { timeout: 60_000 }).toBe(1);
    expect(await get(`${url}/new`, headers)).toBe('answer to /new');
    expect(await first).toBe(old);
    await expect.poll(() => arrived, { timeout: 60_000 }).toEqual(['/new', '/old']);
    expect(proxy.counts).toMatchObject({ reordered: 1, late: 0, passed: 1 });
  });

  test('keeps policies from a site that is cut off, and nothing else', async () => {
    const front = await proxyWith(loaded(PASS)).open(true);
    front.cutPolicies();
    expect(await get(front.url + AGENT_PATHS.policy)).toBe('unreachable');
    expect(await get(front.url + AGENT_PATHS.events, { accept: 'text/event-stream' })).toBe('unreachable');
    expect(await get(front.url + AGENT_PATHS.heartbeat)).toBe(`answer to ${AGENT_PATHS.heartbeat}`);
  });
});

describe('the line that breaks', () => {
  test('carries TLS to the server itself', async () => {
    const line = await startCutProxy(loaded(0.1, 0));
    open.push(line);
    line.setTarget(target);
    expect(await get(`${line.url}/a`)).toBe('answer to /a');
    expect(line.counts).toMatchObject({ connections: 1, cut: 0 });
  });

  test('is cut after as many bytes as the dice say', async () => {
    const line = await startCutProxy(loaded(0.1, 0.02));
    open.push(line);
    line.setTarget(target);
    line.setChaos(true);
    expect(await get(`${line.url}/a`)).toBe('unreachable');
    expect(line.counts).toMatchObject({ connections: 1, cut: 1 });
    line.setTarget(null);
    expect(await get(`${line.url}/b`)).toBe('unreachable');
    expect(line.counts.connections).toBe(1);
  });
});
