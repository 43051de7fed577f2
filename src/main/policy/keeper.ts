/**
 * Keeps the policy this device works by.
 *
 * Invariants
 * - A policy takes effect whole: verified, parsed, compiled, kept on disk, then swapped in. Any failure on the way
 *   leaves the last good one at work and is told to health.
 * - Versions only rise: an older document, however well signed, changes nothing. From the server it is
 *   told to health; in the folder it is a file left behind.
 * - The sealing key in a document with a good signature is offered whatever becomes of the rest: rules that do not
 *   compile must not keep a school from rotating its key. It has a version of its own.
 * - The one at work survives a restart; a damaged copy on disk is replaced by the server's.
 */
import type { IssuedIntakeKey, Policy } from '#contract';
import type { Result } from '#kernel';
import { verifyPolicy } from '#seal';
import type { Files, Log, SourceHealth } from '../ports/index.ts';

export interface PolicyKeeperDeps<Compiled> {
  readonly files: Pick<Files, 'read' | 'writeAtomic'>;
  /** The school's, from the enrolment token. */
  readonly policyKey: string;
  /** Turns a policy into what the agent runs by; the error is for a technician, without content. */
  readonly compile: (policy: Policy) => Promise<Result<Compiled, string>>;
  /** Swaps it in, synchronously. */
  readonly apply: (policy: Policy, compiled: Compiled) => void;
  /** Hears the sealing key of each document with a good signature; `overtaken`: a newer document is at work. */
  readonly onIntakeKey: (key: IssuedIntakeKey, options: { readonly overtaken: boolean }) => void;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Where a document came from. */
export type PolicySource = 'disk' | 'server' | 'folder';

export interface PolicyKeeper {
  /** Puts the policy of the last run to work. */
  load(): Promise<void>;
  /** Takes a signed document in; true when it is the one at work afterwards. One at a time, in order. */
  offer(signed: string, source: PolicySource): Promise<boolean>;
  versions(): { readonly received: number; readonly applied: number };
}

const FILE = 'policy.jws';

export function createPolicyKeeper<Compiled>(deps: PolicyKeeperDeps<Compiled>): PolicyKeeper {
  const { files, health, log } = deps;
  let received = 0;
  let applied = 0;
  let last: Promise<unknown> = Promise.resolve();

  function refuse(code: string, message: string, source: PolicySource): false {
    log.warn({ code, source }, 'a policy was not taken');
    health.report('policy', { state: 'degraded', code, message });
    return false;
  }

  async function take(signed: string, source: PolicySource): Promise<boolean> {
    const verified = await verifyPolicy(signed, deps.policyKey);
    if (!verified.ok)
      return refuse(verified.error.kind, `${verified.error.message} The last good policy stays.`, source);
    const policy = verified.value;
    if (policy.intakeKey !== null) {
      deps.onIntakeKey(policy.intakeKey, { overtaken: policy.version < applied });
    }
    if (policy.version < applied) {
      // A file that was overtaken and stays in the folder is no fault, and is read again and again.
      if (source === 'folder') return false;
      return refuse(
        'older',
        `A policy of version ${policy.version} was offered; version ${applied} stays.`,
        source,
      );
    }
    received = Math.max(received, policy.version);
    if (policy.version === applied) return good();
    const compiled = await deps.compile(policy);
    if (!compiled.ok) {
      return refuse(
        'rules',
        `Policy ${policy.version} has rules that do not compile: ${compiled.error} The last good policy stays.`,
        source,
      );
    }
    if (source !== 'disk') {
      try {
        await files.writeAtomic(FILE, new TextEncoder().encode(signed));
      } catch {
        // A full disk: it works now, and is fetched again after a restart.
        log.warn({ version: policy.version }, 'a policy could not be kept on disk');
      }
    }
    applied = policy.version;
    deps.apply(policy, compiled.value);
    log.info({ version: policy.version, source }, 'a policy is at work');
    return good();
  }

  function good(): true {
    health.report('policy', { state: 'ok', code: 'ok', message: `Policy ${applied} is at work.` });
    return true;
  }

  const offer: PolicyKeeper['offer'] = (signed, source) => {
    const taking = last.then(() => take(signed, source));
    last = taking.catch(() => undefined);
    return taking;
  };

  return {
    async load() {
      const bytes = await files.read(FILE);
      if (bytes !== null) await offer(new TextDecoder().decode(bytes), 'disk');
    },
    offer,
    versions: () => ({ received, applied }),
  };
}
