import { check } from './check.ts';

const [command, ...args] = process.argv.slice(2);
if (command === 'check') process.exitCode = await check(args, (line) => process.stdout.write(`${line}\n`));
else {
  process.stderr.write('usage: rules check PATH...\n');
  process.exitCode = 2;
}
