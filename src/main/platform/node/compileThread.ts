import { parentPort, workerData } from 'node:worker_threads';
import { compileSources } from '#match';
import type { CompileOutcome } from '../../ports/index.ts';
import { packsBelow } from './packFiles.ts';
import type { CompileThreadData } from './ruleCompiler.ts';
import { listsBelow, machineListsBelow } from './siteLists.ts';

/**
 * The thread that compiles rules: it reads the packs and lists itself, does one job, gives the compiled bytes away
 * without copying them, and ends.
 */
async function compile({ job, rulesFolder, machineFolder }: CompileThreadData): Promise<CompileOutcome> {
  const compiled = await compileSources(
    {
      bundledPacks: await packsBelow(rulesFolder),
      bundledLists: await listsBelow(rulesFolder),
      ownPacks: job.ownPacks,
      machineLists: job.machineLists ? await machineListsBelow(machineFolder) : [],
    },
    job,
  );
  return compiled.ok ? { kind: 'compiled', ...compiled.value } : { kind: 'wrong', errors: compiled.error };
}

if (parentPort !== null) {
  const outcome = await compile(workerData as CompileThreadData);
  parentPort.postMessage(outcome, outcome.kind === 'compiled' ? [outcome.bytes.buffer] : []);
}
