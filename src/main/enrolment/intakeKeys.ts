import type { IntakeKey, IssuedIntakeKey } from '#contract';
import type { Log, SourceHealth } from '../ports/index.ts';

export interface IntakeKeysDeps {
  /** Seals to this key from now on. */
  readonly use: (key: IntakeKey) => void;
  /** Keeps it over a restart; false where that could not be done. */
  readonly keep: (key: IssuedIntakeKey) => Promise<boolean>;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** The key this device seals to. */
export interface IntakeKeys {
  /**
   * Takes the key of a verified policy if it is newer than the one in use. An older one, or another one of the same
   * version, changes nothing and is told to health; but not that of a policy that was overtaken itself, which has an
   * older key by right.
   */
  take(key: IssuedIntakeKey, options: { readonly overtaken: boolean }): void;
  /** Resolves when what was taken has been kept. */
  dispose(): Promise<void>;
}

/** Follows the rotations of the school's key, from the one this device has. Keys only get newer. */
export function createIntakeKeys(deps: IntakeKeysDeps, first: IssuedIntakeKey): IntakeKeys {
  const { health, log } = deps;
  let inUse = first;
  let kept = true;
  let keeping: Promise<void> = Promise.resolve();

  async function keep(key: IssuedIntakeKey): Promise<void> {
    const done = await deps.keep(key);
    if (key !== inUse) return;
    kept = done;
    if (done) {
      health.report('sealing', { state: 'ok', code: 'ok', message: `Records are sealed to ${key.keyId}.` });
      return;
    }
    log.warn({ keyId: key.keyId }, 'the new sealing key could not be kept');
    const message =
      "The school's new sealing key is in use, but could not be kept on this machine: look for a full disk or a locked key vault. It is fetched again after a restart.";
    health.report('sealing', { state: 'degraded', code: 'key_not_kept', message });
  }

  function refuse(code: string, message: string): void {
    log.warn({ code }, 'a sealing key was not taken');
    health.report('sealing', { state: 'degraded', code, message });
  }

  return {
    take(key, { overtaken }) {
      const isSame = key.keyId === inUse.keyId && key.publicKey === inUse.publicKey;
      if (isSame && kept) return;
      if (!isSame && key.version <= inUse.version) {
        if (overtaken) return;
        const which = key.version === inUse.version ? 'another key of the same age' : 'an older key';
        refuse(
          key.version === inUse.version ? 'conflicting_key' : 'older_key',
          `The policy names ${which} to seal to; ${inUse.keyId} stays. If the server was restored from a backup, run rotate-keys --new-intake-key there.`,
        );
        return;
      }
      if (!isSame) {
        deps.use(key);
        log.info({ keyId: key.keyId }, 'records are sealed to a new key');
      }
      inUse = key;
      keeping = keeping.then(() => keep(key));
    },
    dispose: () => keeping,
  };
}
