import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { err, ok, type Result, type Timers } from '#kernel';
import manifest from '../../package.json' with { type: 'json' };
import { buildApp } from './app.ts';
import { createAudit } from './audit/index.ts';
import type { Config } from './config.ts';
import { type ServerAddress, writeAddress } from './devices/index.ts';
import { describeFailure } from './http/index.ts';
import { type MasterKey, masterKeyIdInUse, readMasterKey } from './keys/index.ts';
import { createTimers } from './platform/clock.ts';
import { createRandom } from './platform/random.ts';
import { openExistingStore } from './store/index.ts';

/** The console's build: `out/console` beside the sources. */
const CONSOLE_FOLDER = fileURLToPath(new URL('../../out/console', import.meta.url));

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly trustProxy: boolean;
  /** Where devices reach this server, kept for the tokens to come; null: as it was. */
  readonly address: ServerAddress | null;
}

export interface RunningServer {
  readonly url: string;
  /** Answers what is under way, ends the streams, closes the store. */
  stop(): Promise<void>;
}

const START_FAILURES = {
  not_initialised: 'the school has not been set up here yet: run lapwing-server init',
  wrong_master_key: "the master key is not the one this school's keys were wrapped with",
} as const;

/**
 * Opens the store, builds the application and listens. The failure is a sentence that says what to do. Another clock
 * than the machine's is for those who turn it on purpose.
 */
export async function startServer(
  log: Logger,
  config: Config,
  options: ListenOptions,
  timers: Timers = createTimers(),
): Promise<Result<RunningServer, string>> {
  const random = createRandom();
  const readKey = async (wantedId: string | null): Promise<MasterKey> => {
    const key = await readMasterKey({ random }, config.masterKey, wantedId);
    if (!key.ok) throw new Error('the master key cannot be read any more');
    return key.value;
  };
  const onFailure = (failure: unknown) =>
    log.error({ failure: describeFailure(failure) }, 'the store failed in the background');
  const opened = await openExistingStore({ timers, random, onFailure }, config);
  if (!opened.ok) return opened;
  const store = opened.value;
  const key = await readMasterKey({ random }, config.masterKey, await masterKeyIdInUse(store.db));
  if (!key.ok) {
    await store.dispose();
    return key;
  }
  const built = await buildApp(
    { store, timers, random, log, readMasterKey: readKey },
    {
      version: manifest.version,
      consoleFolder: CONSOLE_FOLDER,
      tls: options.tls,
      trustProxy: options.trustProxy,
    },
  );
  if (!built.ok) {
    await store.dispose();
    return err(START_FAILURES[built.error.kind]);
  }
  const app = built.value;
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (failure) {
    await app.close();
    await store.dispose();
    const { code } = failure as NodeJS.ErrnoException;
    return err(`cannot listen on ${options.host}:${options.port} (${code ?? 'unknown reason'})`);
  }
  const { address: reachedAt } = options;
  if (reachedAt !== null) {
    const audit = createAudit({ clock: timers, random });
    await store.db.transaction().execute((trx) => writeAddress({ audit }, trx, reachedAt));
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return ok({
    url: `${options.tls === null ? 'http' : 'https'}://${host}:${port}`,
    async stop() {
      await app.close();
      await store.dispose();
    },
  });
}
