import {
  CONSOLE_PATHS,
  CSRF_HEADER,
  type Device,
  devicesResponseSchema,
  queueResponseSchema,
} from '#contract';
import { createHttp } from '../../src/main/platform/node/index.ts';
import { pictureFor } from './scene.ts';

/** What the school's console shows: the other end of everything. */
export interface Verdict {
  /** How often each marker is shown. */
  readonly shown: ReadonlyMap<string, number>;
  /** Items that say a picture was taken, by marker, with the item's id. */
  readonly pictures: ReadonlyMap<string, string>;
  /** Markers of items whose picture nobody has accounted for yet. */
  readonly awaited: ReadonlySet<string>;
  readonly gaps: number;
  readonly devices: readonly Device[];
}

export interface Console {
  read(): Promise<Verdict>;
  /** Which of these pictures (by marker, with their items' ids) are not there, and which are not the right ones. */
  checkPictures(
    pictures: ReadonlyMap<string, string>,
  ): Promise<{ readonly missing: ReadonlyMap<string, string>; readonly wrong: readonly string[] }>;
}

export interface SignIn {
  readonly url: string;
  readonly caPem: string;
  readonly username: string;
  readonly password: string;
}

const PAGE = 200;
const TIMEOUT_MS = 300_000;

/** Signs in to the server's console as a person would. */
export async function signIn({ url, caPem, username, password }: SignIn): Promise<Console> {
  const http = createHttp({ caPem });
  const headers: Record<string, string> = { [CSRF_HEADER]: '1', 'content-type': 'application/json' };

  async function ask(method: 'GET' | 'POST', path: string, body: object | null = null) {
    const answer = await http.send({
      method,
      url: url + path,
      headers,
      body: body === null ? null : new TextEncoder().encode(JSON.stringify(body)),
      timeoutMs: TIMEOUT_MS,
      signal: new AbortController().signal,
    });
    if (answer.kind === 'unreachable') throw new Error(`${path}: ${answer.reason}`);
    if (answer.status >= 400 && answer.status !== 404) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }
  const getJson = async (path: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode((await ask('GET', path)).body));

  const session = await ask('POST', CONSOLE_PATHS.session, { username, password });
  headers.cookie = (session.headers['set-cookie'] ?? '').split(';')[0] ?? '';

  return {
    async read() {
      const shown = new Map<string, number>();
      const pictures = new Map<string, string>();
      const awaited = new Set<string>();
      let after: string | null = '';
      while (after !== null) {
        const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
        const page = queueResponseSchema.parse(
          await getJson(`${CONSOLE_PATHS.queue}?show=all&limit=${PAGE}${cursor}`),
        );
        for (const item of page.items) {
          const text = item.kind === 'capture' ? item.capture.observation.title : item.report.text;
          const marker = text.split(' ').at(-1) ?? '';
          shown.set(marker, (shown.get(marker) ?? 0) + 1);
          const picture = item.kind === 'capture' ? item.capture.screenshot : item.report.screenshot;
          if (picture?.state === 'taken') pictures.set(marker, item.id);
          if (picture?.state === 'awaited') awaited.add(marker);
        }
        after = page.nextCursor;
      }
      const { devices } = devicesResponseSchema.parse(await getJson(CONSOLE_PATHS.devices));
      const gaps = devices
        .flatMap((device) => device.gaps)
        .reduce((sum, { from, to }) => sum + to - from + 1, 0);
      return { shown, pictures, awaited, gaps, devices };
    },

    async checkPictures(pictures) {
      const missing = new Map<string, string>();
      const wrong: string[] = [];
      for (const [marker, id] of pictures) {
        const answer = await ask('GET', `${CONSOLE_PATHS.items}/${id}/screenshot`);
        if (answer.status === 404) missing.set(marker, id);
        else if (Buffer.compare(answer.body, pictureFor(marker)) !== 0) wrong.push(marker);
      }
      return { missing, wrong };
    },
  };
}
