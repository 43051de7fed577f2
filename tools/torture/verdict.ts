import { CONSOLE_PATHS, CSRF_HEADER, devicesResponseSchema, queueResponseSchema } from '#contract';
import { pictureFor } from './scene.ts';

/** What the school's console shows: the other end of everything. */
export interface Verdict {
  /** How often each marker is shown. */
  readonly shown: ReadonlyMap<string, number>;
  /** Items that say a picture was taken, by marker, with the item's id. */
  readonly pictures: ReadonlyMap<string, string>;
  readonly awaitedPictures: number;
  readonly gaps: number;
  /** The policy version each device has applied. */
  readonly applied: readonly (number | null)[];
}

export interface Console {
  read(): Promise<Verdict>;
  /** Which of these pictures (by marker, with their items' ids) are not there, and how many are not the right ones. */
  checkPictures(
    pictures: ReadonlyMap<string, string>,
  ): Promise<{ readonly missing: ReadonlyMap<string, string>; readonly wrong: number }>;
}

const PAGE = 200;

/** Signs in to the server's console as a person would. */
export async function signIn(url: string, account: { username: string; password: string }): Promise<Console> {
  const headers: Record<string, string> = { [CSRF_HEADER]: '1', 'content-type': 'application/json' };
  const session = await fetch(url + CONSOLE_PATHS.session, {
    method: 'POST',
    headers,
    body: JSON.stringify(account),
  });
  if (!session.ok) throw new Error(`signing in: ${session.status}`);
  headers.cookie = (session.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';

  async function get(path: string): Promise<Response> {
    const answer = await fetch(url + path, { headers });
    if (!answer.ok && answer.status !== 404) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }

  return {
    async read() {
      const shown = new Map<string, number>();
      const pictures = new Map<string, string>();
      let awaitedPictures = 0;
      let after: string | null = '';
      while (after !== null) {
        const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
        const answer = await get(`${CONSOLE_PATHS.queue}?show=all&limit=${PAGE}${cursor}`);
        const page = queueResponseSchema.parse(await answer.json());
        for (const item of page.items) {
          const text = item.kind === 'capture' ? item.capture.observation.title : item.report.text;
          const marker = text.split(' ').at(-1) ?? '';
          shown.set(marker, (shown.get(marker) ?? 0) + 1);
          const picture = item.kind === 'capture' ? item.capture.screenshot : item.report.screenshot;
          if (picture?.state === 'taken') pictures.set(marker, item.id);
          if (picture?.state === 'awaited') awaitedPictures += 1;
        }
        after = page.nextCursor;
      }
      const { devices } = devicesResponseSchema.parse(await (await get(CONSOLE_PATHS.devices)).json());
      const gaps = devices
        .flatMap((device) => device.gaps)
        .reduce((sum, { from, to }) => sum + to - from + 1, 0);
      return {
        shown,
        pictures,
        awaitedPictures,
        gaps,
        applied: devices.map((device) => device.policyApplied),
      };
    },

    async checkPictures(pictures) {
      const missing = new Map<string, string>();
      let wrong = 0;
      for (const [marker, id] of pictures) {
        const answer = await get(`${CONSOLE_PATHS.items}/${id}/screenshot`);
        if (answer.status === 404) missing.set(marker, id);
        else if (Buffer.compare(Buffer.from(await answer.arrayBuffer()), pictureFor(marker)) !== 0)
          wrong += 1;
      }
      return { missing, wrong };
    },
  };
}
