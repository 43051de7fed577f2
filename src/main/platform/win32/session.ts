import { hostname, networkInterfaces, userInfo } from 'node:os';
import type { Disposable } from '#kernel';
import type { Log, Presence, SessionFacts, SessionPort, Timers } from '../../ports/index.ts';
import { fingerprint, machineAddresses } from '../common/index.ts';
import { openSessionApi, type SessionApi } from './sessionApi.ts';
import { systemUuid } from './smbios.ts';

const PRESENCE_POLL_MS = 2_000;
/** A directory that cannot be reached (a laptop at home) must not hold the agent up. */
const NAME_TIMEOUT_MS = 5_000;
const MACHINE_GUID_KEY = 'SOFTWARE\\Microsoft\\Cryptography';

type Deps = {
  readonly timers: Pick<Timers, 'after'>;
  readonly log: Pick<Log, 'warn'>;
  readonly openApi?: () => SessionApi;
};

/**
 * The signed-in person and the machine on Windows. A session is `locked` while the lock screen covers it and
 * while it is not connected to a screen: after fast user switching, or a closed remote desktop. It is `idle`
 * after `idleAfterMs` without input. Where Windows does not answer, it is taken to be active.
 */
export function createWindowsSession(deps: Deps, options: { readonly idleAfterMs: number }): SessionPort {
  const { timers, log, openApi = openSessionApi } = deps;
  let api: SessionApi | null = null;
  try {
    api = openApi();
  } catch (failure) {
    log.warn(
      { code: 'windows_calls_missing', reason: failure instanceof Error ? failure.message : '' },
      'no session calls',
    );
  }

  return {
    facts: () => readFacts(api, timers),
    watchPresence(onPresence) {
      let last: Presence | null = null;
      let disposed = false;
      let next: Disposable | null = null;

      async function look(): Promise<void> {
        const presence = api === null ? 'active' : await presenceOf(api, options.idleAfterMs);
        if (disposed) return;
        next = timers.after(PRESENCE_POLL_MS, () => void look());
        if (presence === last) return;
        last = presence;
        onPresence(presence);
      }

      void look();
      return {
        dispose() {
          disposed = true;
          void next?.dispose();
        },
      };
    },
  };
}

async function presenceOf(api: SessionApi, idleAfterMs: number): Promise<Presence> {
  const state = await api.state();
  if (state !== null && (state.connection === 'away' || state.locked === true)) return 'locked';
  return api.idleMs() >= idleAfterMs ? 'idle' : 'active';
}

async function readFacts(api: SessionApi | null, timers: Deps['timers']): Promise<SessionFacts> {
  const machine = hostname();
  const [account, displayName] = await Promise.all([
    inTime(timers, api?.userName('account')),
    inTime(timers, api?.userName('display')),
  ]);
  const [domain, user] = splitAccount(account);
  return {
    user: user ?? userInfo().username,
    displayName,
    accountType: accountTypeOf(domain ?? process.env.USERDOMAIN ?? null, machine),
    machine,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    addresses: machineAddresses(networkInterfaces()),
    hardwareId: fingerprint(hardwareOf(api) ?? machine, account ?? userInfo().username),
  };
}

/** What survives a re-image first: the mainboard's UUID, then the installation's own id. */
function hardwareOf(api: SessionApi | null): string | null {
  const table = api?.firmwareTable() ?? null;
  return (
    (table === null ? null : systemUuid(table)) ?? api?.registryText(MACHINE_GUID_KEY, 'MachineGuid') ?? null
  );
}

function splitAccount(account: string | null): readonly [string | null, string | null] {
  const [domain = null, user = null] = account?.split('\\') ?? [];
  return user === null ? [null, null] : [domain, user];
}

/** Accounts of the machine itself carry its name as their domain; Entra ones carry `AzureAD`. */
function accountTypeOf(domain: string | null, machine: string): SessionFacts['accountType'] {
  if (domain === null) return 'unknown';
  if (domain.toUpperCase() === 'AZUREAD') return 'entra';
  // NetBIOS names are the first 15 characters of the machine's name.
  return domain.toUpperCase() === machine.slice(0, 15).toUpperCase() ? 'local' : 'domain';
}

function inTime(timers: Deps['timers'], answer: Promise<string | null> | undefined): Promise<string | null> {
  if (answer === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    const deadline = timers.after(NAME_TIMEOUT_MS, () => resolve(null));
    void answer.then((text) => {
      void deadline.dispose();
      resolve(text);
    });
  });
}
