import type { z } from 'zod';
import { parseJson } from '#kernel';
import { enrolmentTokenSchema } from '#seal';
import type { Audit } from '../audit/index.ts';
import type { DbOrTrx } from '../store/index.ts';

const addressSchema = enrolmentTokenSchema.pick({ serverUrl: true, caPem: true });

/** Where devices reach this server, and the CA they are to trust there (PEM); null: a public one, or loopback. */
export type ServerAddress = z.infer<typeof addressSchema>;

/** The address that was last set, or null where none was. */
export async function readAddress(db: DbOrTrx): Promise<ServerAddress | null> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', 'address')
    .executeTakeFirst();
  return row === undefined ? null : addressSchema.parse(parseJson(row.value));
}

/** Keeps the address for the tokens to come. The same address again changes nothing and is not written down. */
export async function writeAddress(
  deps: { readonly audit: Audit },
  trx: DbOrTrx,
  address: ServerAddress,
): Promise<void> {
  const value = JSON.stringify(addressSchema.parse(address));
  const known = await readAddress(trx);
  if (known !== null && JSON.stringify(known) === value) return;
  await trx
    .insertInto('settings')
    .values({ name: 'address', value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
  await deps.audit.write(trx, { actor: 'command line', action: 'server_address_set', subject: null });
}
