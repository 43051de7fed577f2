/**
 * Keeps the policy this device works by.
 *
 * Invariants
 * - A policy takes effect whole: verified, parsed, compiled, kept on disk, then swapped in. Any failure on the way
 *   leaves the last good one at work and is told to health.
 * - Rules are compiled for seconds. A newer document that comes meanwhile takes the place of the one being compiled,
 *   which is then never put to work; the same again waits for it, and so does an older one.
 * - Versions only rise: an older document, however well signed, changes nothing. From the server it is
 *   told to health; in the folder it is a file left behind.
 * - The sealing key in a document with a good signature is offered whatever becomes of the rest: rules that do not
 *   compile must not keep a school from rotating its key. It has a version of its own.
 * - The one at work survives a restart; a damaged copy on disk is replaced by the server's.
 */
import type { IssuedIntakeKey, Policy } from '#contract';
import { verifyPolicy } from '#seal';
import type { Compilation, Files, Log, SourceHealth } from '../ports/index.ts';

export interface PolicyKeeperDeps<Rules> {
  readonly files: Pick<Files, 'read' | 'writeAtomic'>;
  /** The school's, from the enrolment token. */
  readonly policyKey: string;
  /** Turns a policy into what the agent runs by. A second call makes an end of the one before. */
  readonly compile: (policy: Policy) => Promise<Compilation<Rules>>;
  /** Swaps it in, synchronously. */
  readonly apply: (policy: Policy, rules: Rules) => void;
  /** Hears the sealing key of each document with a good signature; `overtaken`: a newer document is at work. */
  readonly onIntakeKey: (key: IssuedIntakeKey, options: { readonly overtaken: boolean }) => void;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Where a document came from. */
export type PolicySource = 'disk' | 'server' | 'folder';

/**
 * What became of a document. `try_again`: whether it can be put to work could not be found out, and the same document
 * should be offered again later.
 */
export type PolicyOutcome = 'at_work' | 'not_taken' | 'try_again';

export interface PolicyKeeper {
  /** Puts the policy of the last run to work. */
  load(): Promise<void>;
  /** Takes a signed document in. Documents are looked at one at a time, in order. */
  offer(signed: string, source: PolicySource): Promise<PolicyOutcome>;
  versions(): { readonly received: number; readonly applied: number };
}

const FILE = 'policy.jws';

export function createPolicyKeeper<Rules>(deps: PolicyKeeperDeps<Rules>): PolicyKeeper {
  const { files, health, log } = deps;
  let received = 0;
  let applied = 0;
  /** From the start of compiling until it is at work or refused. */
  let compiling: { readonly version: number; readonly done: Promise<PolicyOutcome> } | null = null;
  let lastTurn: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
    const running = lastTurn.then(task);
    lastTurn = running.catch(() => undefined);
    return running;
  }

  function refuse(code: string, message: string, source: PolicySource): 'not_taken' {
    log.warn({ code, source }, 'a policy was not taken');
    health.report('policy', { state: 'degraded', code, message });
    return 'not_taken';
  }

  /** The policy, if its signature is good; its sealing key is passed on. */
  async function read(signed: string, source: PolicySource): Promise<Policy | null> {
    const verified = await verifyPolicy(signed, deps.policyKey);
    if (!verified.ok) {
      refuse(verified.error.kind, `${verified.error.message} The last good policy stays.`, source);
      return null;
    }
    const policy = verified.value;
    if (policy.intakeKey !== null) {
      deps.onIntakeKey(policy.intakeKey, { overtaken: policy.version < applied });
    }
    return policy;
  }

  async function offer(signed: string, source: PolicySource): Promise<PolicyOutcome> {
    const policy = await inTurn(() => read(signed, source));
    if (policy === null) return 'not_taken';
    const { version } = policy;
    // Whether it was overtaken is known when the newer one is at work.
    while (compiling !== null && version < compiling.version) await compiling.done;
    if (compiling?.version === version) return compiling.done;
    if (version < applied) {
      // A file that was overtaken and stays in the folder is no fault, and is read again and again.
      if (source === 'folder') return 'not_taken';
      return refuse('older', `A policy of version ${version} was offered; version ${applied} stays.`, source);
    }
    received = Math.max(received, version);
    if (version === applied) return good();
    const done = compile(policy, signed, source).finally(() => {
      if (compiling?.version === version) compiling = null;
    });
    compiling = { version, done };
    return done;
  }

  async function compile(policy: Policy, signed: string, source: PolicySource): Promise<PolicyOutcome> {
    const { version } = policy;
    const compiled = await deps.compile(policy);
    switch (compiled.kind) {
      case 'superseded':
        log.info({ version, source }, 'a policy was overtaken before it was at work');
        return 'not_taken';
      case 'failed':
        refuse(
          'rules_not_compiled',
          `The rules of policy ${version} could not be compiled; this is tried again. The last good policy stays.`,
          source,
        );
        return 'try_again';
      case 'wrong':
        return refuse(
          'rules',
          `Policy ${version} has rules that do not compile: ${compiled.reason} The last good policy stays.`,
          source,
        );
      case 'compiled':
        return inTurn(() => putToWork(policy, compiled.rules, signed, source));
    }
  }

  async function putToWork(
    policy: Policy,
    rules: Rules,
    signed: string,
    source: PolicySource,
  ): Promise<PolicyOutcome> {
    if (policy.version < applied) return 'not_taken';
    if (source !== 'disk') {
      try {
        await files.writeAtomic(FILE, new TextEncoder().encode(signed));
      } catch {
        // A full disk: it works now, and is fetched again after a restart.
        log.warn({ version: policy.version }, 'a policy could not be kept on disk');
      }
    }
    applied = policy.version;
    deps.apply(policy, rules);
    log.info({ version: policy.version, source }, 'a policy is at work');
    return good();
  }

  function good(): 'at_work' {
    health.report('policy', { state: 'ok', code: 'ok', message: `Policy ${applied} is at work.` });
    return 'at_work';
  }

  return {
    async load() {
      const bytes = await files.read(FILE);
      if (bytes !== null) await offer(new TextDecoder().decode(bytes), 'disk');
    },
    offer,
    versions: () => ({ received, applied }),
  };
}
