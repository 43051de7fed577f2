import type { Disposable } from '#kernel';
import type { Random } from '../platform/random.ts';
import type { Bus, Db } from '../store/index.ts';
import { type Keyring, type KeyringFailure, loadKeyring, masterKeyIdInUse } from './keyring.ts';
import type { MasterKey } from './masterKey.ts';

/** The keyring in force: after a rotation by a command beside the server it is the new one. */
export interface LiveKeyring extends Disposable {
  current(): Keyring;
  /** Calls back after other keys have come into force. */
  onChange(listener: () => void): Disposable;
}

export interface LiveKeyringDeps {
  readonly db: Db;
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly random: Pick<Random, 'bytes'>;
  /** Reads the master key that wraps the keys (its id): a rotation changes it. */
  readonly readMasterKey: (wantedId: string | null) => Promise<MasterKey>;
  /** Hears when changed keys could not be read; the old ones stay in use. */
  readonly onFailure: (failure: unknown) => void;
}

/** Loads the keyring and follows its changes. */
export async function createLiveKeyring(deps: LiveKeyringDeps): Promise<LiveKeyring | KeyringFailure> {
  const first = await loadKeyring(deps, await deps.readMasterKey(await masterKeyIdInUse(deps.db)));
  if ('kind' in first) return first;
  const listeners = new Set<() => void>();
  let keyring = first;
  let marks = await readMarks();

  /** What changes whenever a key was added or wrapped anew. */
  async function readMarks(): Promise<string> {
    const rows = await deps.db
      .selectFrom('keys')
      .select(['id', 'master_id', 'current'])
      .orderBy('id')
      .execute();
    return JSON.stringify(rows);
  }
  async function refresh(): Promise<void> {
    const next = await readMarks();
    if (next === marks) return;
    const loaded = await loadKeyring(deps, await deps.readMasterKey(await masterKeyIdInUse(deps.db)));
    if ('kind' in loaded) throw new Error(`the changed keys could not be read: ${loaded.kind}`);
    keyring = loaded;
    marks = next;
    for (const listener of listeners) listener();
  }

  const subscription = deps.bus.subscribe((event) => {
    if (event.kind === 'changed' || event.kind === 'policy') refresh().catch(deps.onFailure);
  });
  return {
    current: () => keyring,
    onChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    dispose: () => subscription.dispose(),
  };
}
