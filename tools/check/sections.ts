import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { say } from '../bootstrap/say.mjs';
import { projectFolder } from '../paths.ts';

/** One part of `npm test`: a program whose outcome is counted. */
export interface Section {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Reads the counts out of the program's output; without it the section counts as one. */
  readonly count?: (output: string) => Counts | null;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export interface SectionResult extends Counts {
  readonly name: string;
}

/** How much of a failed section's output is shown. */
const SHOWN_CHARACTERS = 12_000;

/**
 * Runs sections, `parallel` at a time. Each is announced with its outcome and time; what a failed one said is
 * shown. A section that fails without naming a failed test counts as one failure, so that it cannot hide.
 */
export async function runSections(
  sections: readonly Section[],
  options: { readonly parallel: number },
): Promise<SectionResult[]> {
  const waiting = [...sections];
  const results: SectionResult[] = [];
  const worker = async () => {
    for (let section = waiting.shift(); section !== undefined; section = waiting.shift()) {
      results.push(await runSection(section, { live: false }));
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
  return results;
}

/**
 * Runs lanes beside each other, the sections of a lane one after the other. What they say is shown as it comes, each
 * line with the section it is from, so that one that hangs can be told.
 */
export async function runLanes(lanes: readonly (readonly Section[])[]): Promise<SectionResult[]> {
  const results = lanes.map(async (sections) => {
    const ofLane: SectionResult[] = [];
    for (const section of sections) ofLane.push(await runSection(section, { live: true }));
    return ofLane;
  });
  return (await Promise.all(results)).flat();
}

/** The last line of every test command. */
export function summary(results: readonly SectionResult[]): string {
  const total = (key: 'passed' | 'failed') => results.reduce((sum, result) => sum + result[key], 0);
  return `${total('passed')} passed, ${total('failed')} failed`;
}

async function runSection(section: Section, { live }: { readonly live: boolean }): Promise<SectionResult> {
  const startedAt = performance.now();
  if (live) say(`\n== ${section.name}`);
  const { code, output } = await capture(section, live);
  const counted = section.count?.(stripVTControlCharacters(output)) ?? {
    passed: code === 0 ? 1 : 0,
    failed: 0,
  };
  const failed = code !== 0 && counted.failed === 0 ? 1 : counted.failed;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (failed > 0) say(`\n${output.slice(-SHOWN_CHARACTERS)}`);
  say(
    `${failed > 0 ? 'FAILED' : 'ok    '} ${section.name} (${counted.passed} passed, ${failed} failed, ${seconds} s)`,
  );
  return { name: section.name, passed: counted.passed, failed };
}

async function capture(section: Section, live: boolean): Promise<{ code: number; output: string }> {
  const child = spawn(section.program, section.args, {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1', ...section.env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    if (live) createInterface({ input: stream }).on('line', (line) => say(`[${section.name}] ${line}`));
  }
  const code = await new Promise<number>((resolve) => {
    child.once('error', (failure) => {
      output += failure.message;
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { code, output };
}
