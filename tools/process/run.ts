import { type SpawnOptions, spawn } from 'node:child_process';

/**
 * Runs a program to its end. Its output is kept and shown only in the failure.
 *
 * @returns what it wrote to stdout
 * @throws with the end of its output when it exits with anything but 0
 */
export async function run(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<string> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  const all: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.push(text);
    all.push(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => all.push(text));
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  if (code !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${all.join('').slice(-4000)}`);
  }
  return output.join('');
}
