import { readFile } from 'node:fs/promises';
import { err, isLoopback, ok, type Result } from '#kernel';
import { startServer } from '../server.ts';
import { ADDRESS_OPTIONS, readAddressFlags, toAddress } from './address.ts';
import { type Command, type CommandContext, type CommandFailure, failed, text, usage } from './command.ts';

const DEFAULT_PORT = 8443;

async function readTls(
  context: CommandContext,
): Promise<Result<{ readonly cert: string; readonly key: string } | null, CommandFailure>> {
  const certPath = text(context, 'tls-cert');
  const keyPath = text(context, 'tls-key');
  if (certPath === undefined && keyPath === undefined) return ok(null);
  if (certPath === undefined || keyPath === undefined)
    return err(usage('--tls-cert and --tls-key go together'));
  const cert = await readFile(certPath, 'utf8').catch(() => null);
  if (cert === null) return err(failed(`cannot read ${certPath}`));
  const key = await readFile(keyPath, 'utf8').catch(() => null);
  if (key === null) return err(failed(`cannot read ${keyPath}`));
  return ok({ cert, key });
}

/** Runs the server until it is asked to stop. */
export const serveCommand: Command = {
  name: 'serve',
  usage:
    '--data DIR [--host H] [--port P] [--tls-cert FILE --tls-key FILE] [--trust-proxy] [--url URL [--ca FILE]] [--json-ready]',
  summary: 'Run the server until it is stopped',
  options: {
    ...ADDRESS_OPTIONS,
    host: { type: 'string' },
    port: { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'trust-proxy': { type: 'boolean' },
    'json-ready': { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  async run(context) {
    const { config, log, print, stopped, values } = context;
    const host = text(context, 'host') ?? '127.0.0.1';
    const port = Number(text(context, 'port') ?? DEFAULT_PORT);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return err(usage('--port is a number from 0 to 65535'));
    const tls = await readTls(context);
    if (!tls.ok) return tls;
    if (tls.value === null && !isLoopback(host)) {
      return err(
        failed(
          `will not speak plain HTTP on ${host}: give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy on this machine (--trust-proxy)`,
        ),
      );
    }
    const flags = await readAddressFlags(context);
    if (!flags.ok) return flags;
    const address = toAddress(flags.value);
    if (!address.ok) return address;
    const trustProxy = values['trust-proxy'] === true;
    const options = { host, port, tls: tls.value, trustProxy, address: address.value };
    const server = await startServer(log, config, options);
    if (!server.ok) return err(failed(server.error));
    const { url } = server.value;
    print(
      values['json-ready'] === true ? JSON.stringify({ ready: true, url }) : `Lapwing is listening on ${url}`,
    );
    await stopped;
    log.info({}, 'stopping');
    await server.value.stop();
    log.info({}, 'stopped');
    return ok(undefined);
  },
};
