import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PNG } from 'pngjs';
import {
  BACKGROUND_HEADER,
  type ConsoleEvent,
  CSRF_HEADER,
  type Device,
  decisionRequestSchema,
  type ItemResponse,
  type ItemState,
  type Me,
  type QueueItem,
  type Role,
  severityRank,
  signInRequestSchema,
} from '#contract';
import type { FakeItem } from './consoleData.ts';
import { serveFolder } from './staticFolder.ts';

/** The real server's policy for the console; a page that needs more shows here. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PERMISSIONS: Record<Role, Me['permissions']> = {
  technician: ['evidence_view', 'review', 'fleet_view'],
  dsl: ['evidence_view', 'review', 'decide', 'fleet_view'],
  contractor: ['fleet_view'],
};
const AFTER: Record<'no_concern' | 'pass' | 'record_action', ItemState> = {
  no_concern: 'no_concern',
  pass: 'passed',
  record_action: 'action_recorded',
};

/** What a test may set and look at while the fake runs. */
export interface FakeConsoleState {
  items: FakeItem[];
  devices: Device[];
  role: Role;
  signedIn: boolean;
  password: string;
  /** Answers every API request with this status instead; `drop` cuts the connection. */
  trouble: number | 'drop' | null;
  /** Holds API answers back until it resolves. */
  hold: Promise<void> | null;
  /** `METHOD path` of every API request, in order. */
  requests: string[];
  pageSize: number;
}

export interface FakeConsoleServer {
  readonly url: string;
  readonly state: FakeConsoleState;
  push(event: ConsoleEvent): void;
  /** Breaks every open stream of events, as a restarting server does. */
  dropStreams(): void;
  close(): Promise<void>;
}

/** Serves a built console and an in-memory school behind the same contract as the real server, on loopback. */
export async function startFakeConsoleServer(
  staticFolder: string,
  initial: Partial<FakeConsoleState> = {},
  now: () => number = Date.now,
): Promise<FakeConsoleServer> {
  const state: FakeConsoleState = {
    items: [],
    devices: [],
    role: 'technician',
    signedIn: true,
    password: 'correct horse',
    trouble: null,
    hold: null,
    requests: [],
    pageSize: 200,
    ...initial,
  };
  const streams = new Set<ServerResponse>();

  function me(): Me {
    const names = { technician: 'Priya Nandakumar', dsl: 'Helen Marsh', contractor: 'Northfield IT' };
    return {
      username: state.role,
      displayName: names[state.role],
      role: state.role,
      permissions: PERMISSIONS[state.role],
      school: { name: 'Larkfield School', timeZone: 'Europe/London' },
    };
  }

  function record(
    item: FakeItem,
    action: ItemResponse['history'][number]['action'],
    note: string | null,
  ): void {
    item.history.push({ at: now(), by: me().displayName, action, note });
  }

  function answerItem(item: FakeItem): ItemResponse {
    const { history, ...shown } = item;
    const picture = item.kind === 'capture' ? item.capture.screenshot : item.report.screenshot;
    const screenshot =
      picture?.state === 'taken' ? 'available' : picture?.state === 'awaited' ? 'awaited' : 'none';
    return { item: shown as QueueItem, history, screenshot, allowed: allowed(item.state, state.role) };
  }

  function decide(item: FakeItem, body: unknown, response: ServerResponse): void {
    const decision = decisionRequestSchema.parse(body);
    if (decision.from !== item.state) return fail(response, 409, 'state_changed');
    // What a DSL opens again stays with the DSL.
    const reopened = state.role === 'dsl' ? 'passed' : 'waiting';
    item.state = decision.decision === 'reopen' ? reopened : AFTER[decision.decision];
    const action = decision.decision === 'reopen' ? 'reopened' : item.state;
    record(item, action as ItemResponse['history'][number]['action'], decision.note || null);
    response.writeHead(204).end();
  }

  function queue(query: URLSearchParams, response: ServerResponse): void {
    const isOpen = (item: FakeItem) =>
      item.state === 'waiting' || (item.state === 'passed' && state.role === 'dsl');
    const wanted =
      query.get('show') === 'closed' ? (item: FakeItem) => item.state !== 'waiting' && !isOpen(item) : isOpen;
    const items = state.items
      .filter(wanted)
      .sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || b.lastAt - a.lastAt);
    const from = Number(query.get('after') ?? 0);
    const to = from + state.pageSize;
    const open = state.items.filter(isOpen);
    json(response, 200, {
      items: items.slice(from, to).map((item) => answerItem(item).item),
      unreadable: 0,
      nextCursor: to < items.length ? String(to) : null,
      counts: { open: open.length, critical: open.filter((item) => item.severity === 'critical').length },
      lastItemAt: Math.max(0, ...state.items.map((item) => item.receivedAt)) || null,
      devices: {
        total: state.devices.length,
        watching: state.devices.filter((device) => now() - (device.lastSeenAt ?? 0) < 600_000).length,
      },
    });
  }

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET';
    state.requests.push(`${method} ${url.pathname}`);
    if (state.trouble === 'drop') return void request.socket.destroy();
    if (state.hold !== null) await state.hold;
    if (state.trouble !== null) return fail(response, state.trouble, 'trouble');
    if (method !== 'GET' && request.headers[CSRF_HEADER] === undefined)
      return fail(response, 403, 'forbidden');
    const path = url.pathname.replace('/api/v1', '');
    if (path === '/session' && method === 'POST') {
      const { password } = signInRequestSchema.parse(await bodyOf(request));
      if (password !== state.password) return fail(response, 401, 'wrong_credentials');
      state.signedIn = true;
      return json(response, 200, me());
    }
    if (!state.signedIn) return fail(response, 401, 'not_signed_in');
    if (path === '/session') {
      if (method === 'GET') return json(response, 200, me());
      if (method === 'DELETE') state.signedIn = false;
      response.writeHead(204).end();
      return;
    }
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    if (path === '/queue') return queue(url.searchParams, response);
    if (path === '/devices') return json(response, 200, { devices: state.devices });
    const [, id, action] = /^\/items\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const item = state.items.find((each) => each.id === id);
    if (item === undefined) return fail(response, 404, 'not_found');
    if (action === 'decision') return decide(item, await bodyOf(request), response);
    if (request.headers[BACKGROUND_HEADER] === undefined) {
      record(item, action === 'screenshot' ? 'screenshot_viewed' : 'viewed', null);
    }
    if (action !== 'screenshot') return json(response, 200, answerItem(item));
    response.writeHead(200, { 'content-type': 'image/png' }).end(drawWindow());
  }

  const page = serveFolder(staticFolder, { 'content-security-policy': CONTENT_SECURITY_POLICY });

  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const done = url.pathname.startsWith('/api/') ? api(request, response, url) : page(request, response);
    done.catch(() => fail(response, 400, 'invalid_input'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    push(event) {
      for (const stream of streams) stream.write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
    },
    dropStreams() {
      for (const stream of streams) stream.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function allowed(state: ItemState, role: Role): ItemResponse['allowed'] {
  if (role === 'contractor') return [];
  if (state === 'waiting') return role === 'dsl' ? ['no_concern', 'record_action'] : ['no_concern', 'pass'];
  if (state === 'passed') return role === 'dsl' ? ['no_concern', 'record_action'] : [];
  return role === 'dsl' || state === 'no_concern' ? ['reopen'] : [];
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, status: number, code: string): void {
  if (response.headersSent) return;
  if (status === 429) response.setHeader('retry-after', '30');
  json(response, status, { error: { code, message: code } });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** A picture that reads as a browser window with a page in it. */
function drawWindow(): Buffer {
  const png = new PNG({ width: 960, height: 600 });
  const fill = (x: number, y: number, width: number, height: number, [r, g, b]: [number, number, number]) => {
    for (let row = y; row < y + height; row += 1) {
      for (let column = x; column < x + width; column += 1) {
        png.data.set([r, g, b, 255], (row * png.width + column) * 4);
      }
    }
  };
  fill(0, 0, 960, 600, [255, 255, 255]);
  fill(0, 0, 960, 44, [222, 225, 230]);
  fill(12, 8, 220, 36, [255, 255, 255]);
  fill(96, 54, 760, 26, [241, 243, 244]);
  fill(96, 120, 420, 18, [26, 13, 171]);
  for (const [index, width] of [640, 600, 520, 0, 380, 620, 580, 470].entries()) {
    fill(96, 156 + index * 34, width, 12, index === 4 ? [26, 13, 171] : [189, 193, 198]);
  }
  return PNG.sync.write(png);
}
