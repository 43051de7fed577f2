/**
 * The server of the torture: the real one, on a clock that can be turned. `--offset-ms` is how wrong the machine's
 * clock is when it starts; a message `{jumpMs}` turns it further.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../../src/server/config.ts';
import { createTimers } from '../../src/server/platform/clock.ts';
import { startServer } from '../../src/server/server.ts';

process.umask(0o077);
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    cert: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    'offset-ms': { type: 'string', default: '0' },
  },
});
let offsetMs = Number(values['offset-ms']);
process.on('message', ({ jumpMs }: { readonly jumpMs: number }) => {
  offsetMs += jumpMs;
});

const machine = createTimers();
const log = pino({ level: 'warn', base: null }, pino.destination({ fd: 2, sync: false }));
const config = readConfig({}, { data: values.data });
if (!config.ok) throw new Error(config.error.join('; '));
const started = await startServer(
  log,
  config.value,
  {
    host: '127.0.0.1',
    port: 0,
    tls: { cert: await readFile(values.cert, 'utf8'), key: await readFile(values.key, 'utf8') },
    trustProxy: false,
    address: null,
  },
  { ...machine, now: () => Math.max(0, machine.now() + offsetMs) },
);
if (!started.ok) throw new Error(started.error);
const server = started.value;
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.once('disconnect', () => process.exit(0));
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
