// @ts-check
/**
 * The front door of every npm script: `node tools/run.mjs <command> [arguments]`.
 *
 * Runs under whatever Node (>= 20) a person has, with nothing installed. It installs what the lock file
 * names, once, then hands over to Node 24 and `tools/<command>.ts`. stdout stays the command's own.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, nodeProgram } from './bootstrap/dependencies.mjs';
import { exitWith, Problem } from './bootstrap/say.mjs';

const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Commands that live beside what they measure. */
const ELSEWHERE = {
  bench: 'bench/bench.ts',
  extension: 'tools/extension/build.ts',
  managed: 'tools/managed/render.ts',
  relay: 'tools/relay/build.ts',
  rules: 'tools/rules/rules.ts',
  torture: 'tools/torture/torture.ts',
};

async function main() {
  const [command = '', ...args] = process.argv.slice(2);
  const known = commands();
  if (!known.includes(command)) {
    throw new Problem(`There is no command "${command}".`, `Known: ${known.join(', ')}`);
  }
  const script = join(
    projectFolder,
    ELSEWHERE[/** @type {keyof typeof ELSEWHERE} */ (command)] ?? `tools/${command}.ts`,
  );
  await ensureDependencies(projectFolder);
  const bin = join(projectFolder, 'node_modules/.bin');
  const separator = process.platform === 'win32' ? ';' : ':';
  const path = process.env.PATH?.startsWith(bin)
    ? process.env.PATH
    : `${bin}${separator}${process.env.PATH ?? ''}`;
  const child = spawn(nodeProgram(projectFolder), [script, ...args], {
    cwd: projectFolder,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  // A Ctrl-C in the terminal reaches the child by itself; a signal sent to this process alone is passed on.
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.once('error', exitWith);
  child.once('exit', (code, signal) =>
    process.exit(code ?? 128 + (signal === null ? 1 : constants.signals[signal])),
  );
}

/** The npm scripts that come through here. */
function commands() {
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  return Object.values(/** @type {Record<string, string>} */ (scripts)).flatMap(
    (script) => /^node tools\/run\.mjs ([a-z]+)$/.exec(script)?.[1] ?? [],
  );
}

main().catch(exitWith);
