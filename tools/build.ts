import { parseArgs } from 'node:util';
import { exitWith, say } from './bootstrap/say.mjs';
import { ALL_TARGETS, ensureBuilt } from './build/index.ts';

/** `npm run build`: the agent, the console and the browser extension into `out/`. */
async function main(): Promise<void> {
  parseArgs({ options: {} });
  await ensureBuilt(ALL_TARGETS);
  say('Built: out/main, out/preload, out/renderer (agent), out/console, out/extension');
}

main().catch(exitWith);
