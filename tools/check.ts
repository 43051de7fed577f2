import { availableParallelism } from 'node:os';
import { exitWith, say } from './bootstrap/say.mjs';
import { checkSections } from './check/index.ts';
import { runSections, summary } from './check/sections.ts';

/** `npm run check`: types, lint, formatting, import rules, unit tests. Ends with `N passed, N failed`. */
async function main(): Promise<void> {
  const results = await runSections(checkSections(), { parallel: Math.max(2, availableParallelism()) });
  say('');
  process.stdout.write(`${summary(results)}\n`);
  process.exitCode = results.every((result) => result.failed === 0) ? 0 : 1;
}

main().catch(exitWith);
