import { compileSources, type PackFile, type SiteListLines } from '#match';
import type { CompileJob, CompileOutcome, RuleCompiler } from '../../src/main/ports/index.ts';

/** A site list of a test's own, in memory. */
export function aSiteList(name: string, text: string): SiteListLines {
  async function* lines() {
    yield* text.split('\n');
  }
  return { name, lines };
}

/** What a fake compiler compiles; asked for anew by each job. */
interface Sources {
  readonly bundledPacks: () => readonly PackFile[];
  readonly bundledLists: () => readonly SiteListLines[];
  readonly machineLists: () => readonly SiteListLines[];
}

/** Compiles for real, but on the test's own loop, and only when it may. */
export interface FakeRuleCompiler extends RuleCompiler {
  /** Every job that was begun. */
  readonly jobs: readonly CompileJob[];
  /** Keeps jobs, those at work and those that come, from ending until the answer is called. */
  hold(): () => void;
  /** The reason that each job fails for from now on; null: none does. */
  failing: string | null;
  /** How many jobs are at work now, and how many ever were at the same moment. */
  running(): number;
  mostRunning(): number;
}

export function createFakeRuleCompiler(sources: Sources): FakeRuleCompiler {
  const jobs: CompileJob[] = [];
  let running = 0;
  let mostRunning = 0;
  let held: Promise<void> | null = null;

  async function work(job: CompileJob): Promise<CompileOutcome> {
    await held;
    if (compiler.failing !== null) return { kind: 'failed', reason: compiler.failing };
    const compiled = await compileSources(
      {
        bundledPacks: sources.bundledPacks(),
        bundledLists: sources.bundledLists(),
        ownPacks: job.ownPacks,
        machineLists: job.machineLists ? sources.machineLists() : [],
      },
      job,
    );
    return compiled.ok ? { kind: 'compiled', ...compiled.value } : { kind: 'wrong', errors: compiled.error };
  }

  const compiler: FakeRuleCompiler = {
    jobs,
    failing: null,
    running: () => running,
    mostRunning: () => mostRunning,
    hold() {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      return gate.resolve;
    },
    async compile(job, signal) {
      if (signal.aborted) return { kind: 'stopped' };
      jobs.push(job);
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      const stopped = new Promise<CompileOutcome>((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'stopped' }), { once: true });
      });
      try {
        return await Promise.race([stopped, work(job)]);
      } finally {
        running -= 1;
      }
    },
  };
  return compiler;
}

/** The rules an agent finds on its machine. `change` puts other lists there, and tells who watches. */
export function createFakeRules(packs: readonly PackFile[], lists: readonly SiteListLines[] = []) {
  let machine = lists;
  const watchers = new Set<() => void>();
  const bundledLists: SiteListLines[] = [];
  return {
    bundledLists,
    ruleCompiler: createFakeRuleCompiler({
      bundledPacks: () => packs,
      bundledLists: () => bundledLists,
      machineLists: () => machine,
    }),
    compiledPacks: async (): Promise<Uint8Array | null> => null,
    machineLists: {
      read: async () => machine,
      watch(onChange: () => void) {
        watchers.add(onChange);
        return { dispose: () => void watchers.delete(onChange) };
      },
    },
    change(next: readonly SiteListLines[]) {
      machine = next;
      for (const told of watchers) told();
    },
    watching: () => watchers.size,
  };
}

/** A pack with one rule, `only`, for one word; by itself "wibble", which nobody writes. */
export function aPack({
  id = 'test',
  category = 'drugs',
  severity = 'high',
  phrase = 'wibble',
} = {}): PackFile {
  return {
    name: `${id}.yaml`,
    yaml: `pack: ${id}
category: ${category}
language: en
version: 1
description: Words for a test.
sources: [made up]
rules:
  - id: only
    severity: ${severity}
    phrases: [${phrase}]
`,
  };
}
