import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { readConfig } from '../config.ts';
import { accountCommand, addAccountCommand } from './accounts.ts';
import type { Command, CommandFailure } from './command.ts';
import {
  devicesCommand,
  enrolTokenCommand,
  enrolTokensCommand,
  revokeCommand,
  withdrawTokenCommand,
} from './devices.ts';
import { initCommand } from './init.ts';
import { backupCommand, restoreCommand, rotateKeysCommand, verifyCommand } from './maintenance.ts';
import { policyCommand } from './policy.ts';
import { serveCommand } from './serve.ts';

const COMMANDS: readonly Command[] = [
  initCommand,
  serveCommand,
  addAccountCommand,
  accountCommand,
  enrolTokenCommand,
  enrolTokensCommand,
  withdrawTokenCommand,
  devicesCommand,
  revokeCommand,
  policyCommand,
  backupCommand,
  restoreCommand,
  verifyCommand,
  rotateKeysCommand,
];

export interface RunDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Makes the log once its level is known. */
  readonly createLog: (level: string) => Logger;
  /** Resolves when the process is asked to stop. */
  readonly stopped: Promise<void>;
}

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'lapwing-server COMMAND --data DIR [options]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'lapwing-server COMMAND --help shows what a command takes. docs/server.md says more.',
  ].join('\n');
}

/** Runs one command line. Returns the exit code: 0 done, 1 could not be done, 2 asked wrongly. */
export async function runCommandLine(deps: RunDeps, words: readonly string[]): Promise<number> {
  const { environment, print, printError } = deps;
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help') {
    print(help());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) {
    printError(`There is no command "${name}".\n\n${help()}`);
    return 2;
  }
  const fail = ({ kind, messages }: CommandFailure) => {
    for (const message of messages) printError(message);
    if (kind === 'usage') printError(`usage: lapwing-server ${command.name} ${command.usage}`);
    return kind === 'usage' ? 2 : 1;
  };

  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: rest,
      options: { ...command.options, data: { type: 'string' }, help: { type: 'boolean' } },
      allowPositionals: true,
    }) as typeof parsed;
  } catch (failure) {
    return fail({ kind: 'usage', messages: [(failure as Error).message] });
  }
  const { values, positionals } = parsed;
  if (values.help === true) {
    print(`${command.summary}\nusage: lapwing-server ${command.name} ${command.usage}`);
    return 0;
  }
  const { min, max } = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    return fail({
      kind: 'usage',
      messages: [`${command.name} takes ${min === max ? min : `${min} to ${max}`} arguments`],
    });
  }
  const config = readConfig(environment, { data: typeof values.data === 'string' ? values.data : undefined });
  if (!config.ok) return fail({ kind: 'usage', messages: config.error });

  const log = deps.createLog(config.value.logLevel);
  const outcome = await command.run({
    config: config.value,
    values,
    positionals,
    print,
    log,
    stopped: deps.stopped,
  });
  return outcome.ok ? 0 : fail(outcome.error);
}
