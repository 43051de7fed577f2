import { parseArgs } from 'node:util';
import { exitWith, say } from './bootstrap/say.mjs';
import { ALL_TARGETS, ensureBuilt } from './build/index.ts';

/** `npm run build`: the agent, the console, the browser extension and its relay into `out/`. */
async function main(): Promise<void> {
  parseArgs({ options: {} });
  await ensureBuilt(ALL_TARGETS);
  say('Built: out/main, out/preload, out/renderer (agent), out/console, out/extension, out/relay');
}

main().catch(exitWith);
