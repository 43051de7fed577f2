import type { CompiledSources, PackError, PackFile } from '#match';

/** What to compile besides the packs and lists that ship with the agent. */
export interface CompileJob {
  /** The school's own packs, from its policy. */
  readonly ownPacks: readonly PackFile[];
  /** Whether the lists that an administrator put on this machine go in. */
  readonly machineLists: boolean;
  /** Leaves packs with mistakes out, where otherwise nothing is compiled. */
  readonly skipWrong: boolean;
}

export type CompileOutcome =
  | ({ readonly kind: 'compiled' } & CompiledSources)
  /** Packs with mistakes: file, line and column, no content. */
  | { readonly kind: 'wrong'; readonly errors: readonly PackError[] }
  /** The signal came first. */
  | { readonly kind: 'stopped' }
  /** Nothing is known of the rules: the compiling itself could not start, or crashed. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Compiles rules where it does not hold up the agent's main loop. */
export interface RuleCompiler {
  /**
   * Resolves once everything that this job took (its thread, its memory) is given back, also when it was stopped.
   * Never rejects.
   */
  compile(job: CompileJob, signal: AbortSignal): Promise<CompileOutcome>;
}

/** What became of the rules of a policy. */
export type Compilation<Rules> =
  | { readonly kind: 'compiled'; readonly rules: Rules }
  /** `reason` is for a technician, without content. */
  | { readonly kind: 'wrong'; readonly reason: string }
  /** It could not be found out; later it may. */
  | { readonly kind: 'failed' }
  /** A newer policy came, or the end. */
  | { readonly kind: 'superseded' };
