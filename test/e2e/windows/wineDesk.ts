import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDisposables, type Disposable } from '#kernel';
import { startVirtualDisplay } from '../../../tools/display/index.ts';
import { startWine, type Wine } from '../../../tools/wine/index.ts';

/** Far above what installing Wine and making its folders takes. */
export const SET_UP_MS = 600_000;

/** Wine on a screen of its own, and a folder for the programs that run in it. */
export type WineDesk =
  | ({ readonly kind: 'ready'; readonly wine: Wine; readonly folder: string } & Disposable)
  /** A developer's machine without Wine: the tests are skipped with this reason. CI must have it. */
  | ({ readonly kind: 'missing'; readonly reason: string } & Disposable);

/** @param bundles name -> source file: bundled into `app/` of the folder */
export async function startWineDesk(bundles: Readonly<Record<string, string>>): Promise<WineDesk> {
  const parts = createDisposables();
  const dispose = () => parts.dispose();
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-wine-'));
  parts.add({ dispose: () => rm(folder, { recursive: true, force: true }) });
  try {
    const display = parts.add(await startVirtualDisplay());
    const wine = parts.add(await startWine(display.environment));
    await wine.bundle(join(folder, 'app'), bundles);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    return { kind: 'ready', wine, folder, dispose };
  } catch (failure) {
    if (process.env.CI !== undefined || !(failure instanceof Error) || failure.name !== 'Problem')
      throw failure;
    return { kind: 'missing', reason: failure.message, dispose };
  }
}
