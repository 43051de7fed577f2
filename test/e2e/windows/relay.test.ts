import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { EXTENSION_ID_CHROMIUM, type FrontTab } from '#contract';
import { buildRelay } from '../../../tools/relay/build.ts';
import { windowsPath } from '../../../tools/wine/index.ts';
import { followLines } from './lines.ts';
import { SET_UP_MS, startWineDesk, type WineDesk } from './wineDesk.ts';

/** The Windows relay and the agent's named pipe, both under Wine. */

interface Line {
  readonly health?: string;
  readonly processId?: number;
  readonly own?: number;
  readonly tab?: { readonly title: string } | null;
  readonly relayEnded?: number;
  readonly answer?: string;
}

let desk: WineDesk;

beforeAll(async () => {
  desk = await startWineDesk({ relayProbe: 'test/e2e/windows/relayProbe.ts' });
  if (desk.kind === 'ready') await buildRelay('windows', desk.folder);
}, SET_UP_MS);

afterAll(() => desk.dispose());

describe.runIf(process.platform === 'linux')('the Windows relay under Wine', () => {
  test('carries frames to the agent of the same session and user, both ways', async (context) => {
    if (desk.kind === 'missing') return context.skip(desk.reason);
    const { wine, folder } = desk;
    const output = join(folder, 'relay.jsonl');
    const front = (title: string): FrontTab => ({
      kind: 'front',
      version: 1,
      browser: 'edge',
      at: 1_000,
      tab: { url: 'https://school.example/', title, private: false },
    });
    const told = followLines<Line>(output);
    const probe = wine.startNode(join(folder, 'app/relayProbe.mjs'), [
      windowsPath(output),
      windowsPath(join(folder, 'lapwing-relay.exe')),
      `chrome-extension://${EXTENSION_ID_CHROMIUM}/`,
      JSON.stringify([front('Fractions – Yr 5 日本')]),
    ]);
    onTestFinished(() => probe.dispose());

    const seen = await told.until((line) => line.tab !== undefined && line.tab !== null);
    expect(seen.tab?.title).toBe('Fractions – Yr 5 日本');
    // Whoever starts the relay is its browser: here the probe itself.
    expect(seen.processId).toBe(seen.own);
    const ended = await told.until((line) => line.relayEnded !== undefined);
    expect(ended).toMatchObject({
      relayEnded: 0,
      answer: JSON.stringify({ kind: 'settings', privateWindows: 'hide' }),
    });
    expect(await probe.ended).toBe(0);
  });
});
