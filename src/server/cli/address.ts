import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '#kernel';
import { enrolmentTokenSchema } from '#seal';
import type { ServerAddress } from '../devices/index.ts';
import { type CommandContext, type CommandFailure, failed, text, usage } from './command.ts';

/** The flags that say where devices reach this server: `--url`, and `--ca` where the school has its own CA. */
export const ADDRESS_OPTIONS = { url: { type: 'string' }, ca: { type: 'string' } } as const;

/** What the flags said; undefined where one was not given. */
export interface AddressFlags {
  readonly serverUrl: string | undefined;
  readonly caPem: string | undefined;
}

/** Reads `--url` and the file of `--ca`. */
export async function readAddressFlags(
  context: Pick<CommandContext, 'values'>,
): Promise<Result<AddressFlags, CommandFailure>> {
  const serverUrl = text(context, 'url');
  if (serverUrl !== undefined && !enrolmentTokenSchema.shape.serverUrl.safeParse(serverUrl).success) {
    return err(
      usage(
        '--url is the address devices reach this server at: https://..., or http://127.0.0.1:PORT for a trial',
      ),
    );
  }
  const path = text(context, 'ca');
  if (path === undefined) return ok({ serverUrl, caPem: undefined });
  const content = await readFile(path, 'utf8').catch(() => null);
  if (content === null) return err(failed(`cannot read ${path}`));
  if (!enrolmentTokenSchema.shape.caPem.safeParse(content).success || !isCertificate(content))
    return err(failed(`${path} is not a certificate in PEM form (-----BEGIN CERTIFICATE-----)`));
  return ok({ serverUrl, caPem: content });
}

/** The whole address the flags give, or null where they give none. */
export function toAddress({ serverUrl, caPem }: AddressFlags): Result<ServerAddress | null, CommandFailure> {
  if (serverUrl !== undefined) return ok({ serverUrl, caPem: caPem ?? null });
  return caPem === undefined ? ok(null) : err(usage('--ca goes with --url'));
}

/** A private key, given by mistake, would be handed to every device: it is none. */
function isCertificate(pem: string): boolean {
  if (pem.includes('PRIVATE KEY')) return false;
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
