import type { ParseArgsOptionsConfig } from 'node:util';
import type { Logger } from 'pino';
import type { Result } from '#kernel';
import type { Config } from '../config.ts';

/** What the person typed and where a command writes to. */
export interface CommandContext {
  readonly config: Config;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
  readonly log: Logger;
  /** Resolves when the process is asked to stop. */
  readonly stopped: Promise<void>;
}

/** `usage`: the person asked for something that does not exist. `failed`: it could not be done. */
export interface CommandFailure {
  readonly kind: 'usage' | 'failed';
  readonly messages: readonly string[];
}

export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many arguments without a flag it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  run(context: CommandContext): Promise<Result<void, CommandFailure>>;
}

export const usage = (...messages: string[]): CommandFailure => ({ kind: 'usage', messages });
export const failed = (...messages: string[]): CommandFailure => ({ kind: 'failed', messages });

/** The value of a text flag, or undefined where it was not given. */
export function text(context: Pick<CommandContext, 'values'>, name: string): string | undefined {
  const value = context.values[name];
  return typeof value === 'string' ? value : undefined;
}
