import { join, resolve } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '#kernel';
import type { MasterKeySource } from './keys/index.ts';
import type { BlobOptions, DatabaseOptions } from './store/index.ts';

const masterKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'expected 32 bytes in base64url (43 characters)');

/** The environment variables the server reads. Secrets come this way or by file, never as a flag others can list. */
const environmentSchema = z.object({
  LAPWING_DATA: z.string().min(1).optional(),
  LAPWING_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected postgres://...')
    .optional(),
  LAPWING_DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10),
  LAPWING_MASTER_KEY: masterKeySchema.optional(),
  LAPWING_NEXT_MASTER_KEY: masterKeySchema.optional(),
  LAPWING_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  LAPWING_S3_BUCKET: z.string().min(1).optional(),
  LAPWING_S3_REGION: z.string().min(1).default('us-east-1'),
  LAPWING_S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  LAPWING_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  LAPWING_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** What means nothing without the address of an S3 store. */
const S3_WITH_ENDPOINT = [
  'LAPWING_S3_BUCKET',
  'LAPWING_S3_REGION',
  'LAPWING_S3_ACCESS_KEY_ID',
  'LAPWING_S3_SECRET_ACCESS_KEY',
] as const;

/** Where everything of one school lies. */
export interface Config {
  readonly dataFolder: string;
  readonly database: DatabaseOptions;
  readonly blobs: BlobOptions;
  /** The master key from the environment, or the file it is read from. */
  readonly masterKey: MasterKeySource;
  readonly logLevel: z.infer<typeof environmentSchema>['LAPWING_LOG_LEVEL'];
}

/** Reads the configuration. The failure is a list of sentences, one for each thing that is wrong. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  flags: { readonly data?: string | undefined },
): Result<Config, readonly string[]> {
  // An empty variable is how many service managers say "not set".
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success)
    return err(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const variables = parsed.data;
  const data = flags.data ?? variables.LAPWING_DATA;
  if (data === undefined) return err(['say where the data lies: --data DIR or LAPWING_DATA']);
  const dataFolder = resolve(data);

  const {
    LAPWING_S3_ENDPOINT: endpoint,
    LAPWING_S3_BUCKET: bucket,
    LAPWING_S3_ACCESS_KEY_ID: accessKeyId,
    LAPWING_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = variables;
  const alone = S3_WITH_ENDPOINT.filter((name) => set[name] !== undefined);
  if (endpoint === undefined && alone.length > 0) {
    return err([`${alone.join(', ')} also needs LAPWING_S3_ENDPOINT, the address of the S3 store`]);
  }
  if (endpoint !== undefined && (!bucket || !accessKeyId || !secretAccessKey)) {
    return err([
      'LAPWING_S3_ENDPOINT also needs LAPWING_S3_BUCKET, LAPWING_S3_ACCESS_KEY_ID and LAPWING_S3_SECRET_ACCESS_KEY',
    ]);
  }
  const url = variables.LAPWING_DATABASE_URL;
  const poolSize = variables.LAPWING_DATABASE_POOL;
  return ok({
    dataFolder,
    database:
      url === undefined
        ? { kind: 'sqlite', path: join(dataFolder, 'lapwing.db') }
        : { kind: 'postgres', url, poolSize },
    blobs:
      endpoint === undefined || !bucket || !accessKeyId || !secretAccessKey
        ? { kind: 'disk', folder: join(dataFolder, 'blobs') }
        : { kind: 's3', endpoint, bucket, region: variables.LAPWING_S3_REGION, accessKeyId, secretAccessKey },
    masterKey:
      variables.LAPWING_MASTER_KEY === undefined
        ? { kind: 'file', path: join(dataFolder, 'master.key') }
        : {
            kind: 'environment',
            value: variables.LAPWING_MASTER_KEY,
            next: variables.LAPWING_NEXT_MASTER_KEY ?? null,
          },
    logLevel: variables.LAPWING_LOG_LEVEL,
  });
}
