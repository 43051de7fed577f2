import { Worker } from 'node:worker_threads';
import type { CompileJob, CompileOutcome, RuleCompiler } from '../../ports/index.ts';

/**
 * The thread fails beyond this, before a pupil's machine stands still for want of memory. All packs and a list of four
 * million sites stay below it.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 1_024 };

/** What the thread is started with. */
export interface CompileThreadData {
  readonly job: CompileJob;
  readonly rulesFolder: string;
  readonly machineFolder: string;
}

/**
 * Compiles each job on a thread of its own, which ends with it: the heap that compiling needs, many times what it
 * makes, is given back.
 *
 * @param options.threadUrl where the built `compileThread` is: a `file:` URL
 * @param options.rulesFolder the packs and lists that ship with the agent
 * @param options.machineFolder the machine's Lapwing folder
 */
export function createRuleCompiler(options: {
  readonly threadUrl: URL;
  readonly rulesFolder: string;
  readonly machineFolder: string;
}): RuleCompiler {
  const { threadUrl, rulesFolder, machineFolder } = options;

  return {
    async compile(job, signal) {
      if (signal.aborted) return { kind: 'stopped' };
      try {
        const workerData = { job, rulesFolder, machineFolder } satisfies CompileThreadData;
        const worker = new Worker(threadUrl, {
          workerData,
          name: 'lapwing-rules',
          resourceLimits: RESOURCE_LIMITS,
        });
        return await outcomeOf(worker, signal);
      } catch (failure) {
        return { kind: 'failed', reason: reasonOf(failure) };
      }
    },
  };
}

/** Waits until the thread has ended, even where its outcome is known before. */
function outcomeOf(worker: Worker, signal: AbortSignal): Promise<CompileOutcome> {
  return new Promise((resolve) => {
    let outcome: CompileOutcome | null = null;
    let reason: string | null = null;
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop);
    worker.on('message', (message: CompileOutcome) => {
      outcome = message;
    });
    worker.on('error', (failure) => {
      reason = reasonOf(failure);
    });
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) resolve({ kind: 'stopped' });
      else resolve(outcome ?? { kind: 'failed', reason: reason ?? `exit code ${code}` });
    });
  });
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : 'unknown';
}
