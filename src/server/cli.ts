#!/usr/bin/env node
import { pino } from 'pino';
import { runCommandLine } from './cli/index.ts';
import { describeFailure } from './http/index.ts';

/** The program `lapwing-server`: answers on standard output, log and mistakes on standard error. */

// What a command makes (database, keys, sockets) is its owner's alone.
process.umask(0o077);

const stopped = new Promise<void>((resolve) => {
  process.once('SIGINT', () => resolve());
  process.once('SIGTERM', () => resolve());
});
const createLog = (level: string) => pino({ level, base: null }, pino.destination({ fd: 2, sync: false }));

try {
  process.exitCode = await runCommandLine(
    {
      environment: process.env,
      print: (line) => void process.stdout.write(`${line}\n`),
      printError: (line) => void process.stderr.write(`${line}\n`),
      createLog,
      stopped,
    },
    process.argv.slice(2),
  );
} catch (failure) {
  // A bug: where it happened, but not its message, which may hold what no log may.
  process.stderr.write(`lapwing-server failed: ${JSON.stringify(describeFailure(failure))}\n`);
  process.exitCode = 1;
}
