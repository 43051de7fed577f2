import { z } from 'zod';
import type { Files, Log } from '../../ports/index.ts';
import type { MacPermission } from './helper.ts';

/** In the data folder: the permissions that macOS was made to ask the person for, as a JSON list. */
const PATH = 'mac-permissions-asked.json';

const askedSchema = z.array(z.enum(['accessibility', 'screen_recording']));

/** The permissions that were asked for before, so that nobody is asked at every start. */
export interface AskedBefore {
  /** None where nothing was kept or it cannot be read: then macOS asks once more. Never rejects. */
  read(): Promise<readonly MacPermission[]>;
  /** Never rejects. */
  add(permission: MacPermission): Promise<void>;
}

export function createAskedBefore(deps: {
  readonly dataFiles: Pick<Files, 'read' | 'writeAtomic'> | null;
  readonly log: Pick<Log, 'warn'>;
}): AskedBefore {
  const { dataFiles: files, log } = deps;

  async function read(): Promise<readonly MacPermission[]> {
    try {
      const bytes = (await files?.read(PATH)) ?? null;
      return bytes === null ? [] : askedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return [];
    }
  }

  return {
    read,
    async add(permission) {
      const asked = new Set([...(await read()), permission]);
      try {
        await files?.writeAtomic(PATH, new TextEncoder().encode(JSON.stringify([...asked])));
      } catch (failure) {
        log.warn({ failure }, 'could not remember that a permission was asked for');
      }
    },
  };
}
