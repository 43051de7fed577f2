import type { Logger } from 'pino';
import { createDisposables, type Disposable, err, ok, type Result, type Timers } from '#kernel';
import { type Audit, createAudit } from '../audit/index.ts';
import type { Config } from '../config.ts';
import { describeFailure } from '../http/index.ts';
import { type Keyring, loadKeyring, type MasterKey, masterKeyIdInUse, readMasterKey } from '../keys/index.ts';
import { createTimers } from '../platform/clock.ts';
import { createRandom, type Random } from '../platform/random.ts';
import { openExistingStore, type Store, type StoreDeps } from '../store/index.ts';
import { type CommandFailure, failed } from './command.ts';

/** A school's store and keys, opened by a command; a server may be running beside it. */
export interface School extends Disposable {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly master: MasterKey;
  readonly audit: Audit;
  readonly timers: Timers;
  readonly random: Random;
}

/** What a command needs before there are any keys. */
export type CommandStore = Omit<School, 'keyring' | 'master'>;

/** Opens a store for a command. `open`: makes one, or takes only one that is there. */
export async function openCommandStore(
  log: Logger,
  config: Config,
  open: (deps: StoreDeps, config: Config) => Promise<Result<Store, string>>,
): Promise<Result<CommandStore, CommandFailure>> {
  const timers = createTimers();
  const random = createRandom();
  const parts = createDisposables();
  const onFailure = (failure: unknown) =>
    log.error({ failure: describeFailure(failure) }, 'the store failed in the background');
  const opened = await open({ timers, random, onFailure }, config);
  if (!opened.ok) return err(failed(opened.error));
  const store = parts.add(opened.value);
  return ok({ store, audit: createAudit({ clock: timers, random }), timers, random, dispose: parts.dispose });
}

/** Opens a school that `init` has set up. */
export async function openSchool(log: Logger, config: Config): Promise<Result<School, CommandFailure>> {
  const command = await openCommandStore(log, config, openExistingStore);
  if (!command.ok) return command;
  const opened = command.value;
  const wanted = await masterKeyIdInUse(opened.store.db);
  const master = await readMasterKey({ random: opened.random }, config.masterKey, wanted);
  if (!master.ok) {
    await opened.dispose();
    return err(failed(master.error));
  }
  const keyring = await loadKeyring({ db: opened.store.db, random: opened.random }, master.value);
  if (!('kind' in keyring)) return ok({ ...opened, keyring, master: master.value });
  await opened.dispose();
  return err(
    failed(
      keyring.kind === 'not_initialised'
        ? 'the school has not been set up here yet: run lapwing-server init'
        : "the master key is not the one this school's keys were wrapped with",
    ),
  );
}

/** Opens the school, runs `work`, and closes it whatever comes. */
export async function withSchool(
  { log, config }: { readonly log: Logger; readonly config: Config },
  work: (school: School) => Promise<Result<void, CommandFailure>>,
): Promise<Result<void, CommandFailure>> {
  const school = await openSchool(log, config);
  if (!school.ok) return school;
  try {
    return await work(school.value);
  } finally {
    await school.value.dispose();
  }
}
