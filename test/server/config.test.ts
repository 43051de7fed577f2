import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/server/config.ts';

const S3 = {
  LAPWING_S3_ENDPOINT: 'https://s3.example',
  LAPWING_S3_BUCKET: 'school',
  LAPWING_S3_ACCESS_KEY_ID: 'id',
  LAPWING_S3_SECRET_ACCESS_KEY: 'secret',
};

describe('the configuration', () => {
  test('of a small school is a folder', () => {
    const config = readConfig({ LAPWING_DATABASE_URL: '' }, { data: '/srv/school' });
    expect(config).toMatchObject({
      ok: true,
      value: {
        database: { kind: 'sqlite', path: '/srv/school/lapwing.db' },
        blobs: { kind: 'disk', folder: '/srv/school/blobs' },
        masterKey: { kind: 'file', path: '/srv/school/master.key' },
        logLevel: 'info',
      },
    });
  });

  test('of a trust is PostgreSQL, S3 and a key from the environment', () => {
    const environment = {
      ...S3,
      LAPWING_DATA: '/srv/trust',
      LAPWING_DATABASE_URL: 'postgres://db.example/lapwing',
      LAPWING_MASTER_KEY: 'A'.repeat(43),
    };
    expect(readConfig(environment, {})).toMatchObject({
      ok: true,
      value: {
        database: { kind: 'postgres', poolSize: 10 },
        blobs: { kind: 's3', bucket: 'school', region: 'us-east-1' },
        masterKey: { kind: 'environment', next: null },
      },
    });
  });

  test.each([
    [{}, /--data DIR or LAPWING_DATA/],
    [{ LAPWING_DATA: 'x', LAPWING_DATABASE_URL: 'mysql://x' }, /LAPWING_DATABASE_URL: expected postgres/],
    [{ LAPWING_DATA: 'x', ...S3, LAPWING_S3_BUCKET: '' }, /also needs LAPWING_S3_BUCKET/],
    [{ LAPWING_DATA: 'x', LAPWING_S3_ENDPOINT: 's3.example' }, /LAPWING_S3_ENDPOINT/],
    [{ LAPWING_DATA: 'x', ...S3, LAPWING_S3_ENDPOINT: '' }, /BUCKET.* also needs LAPWING_S3_ENDPOINT/],
    [{ LAPWING_DATA: 'x', LAPWING_LOG_LEVEL: 'loud' }, /LAPWING_LOG_LEVEL/],
    [{ LAPWING_DATA: 'x', LAPWING_DATABASE_POOL: 'many' }, /LAPWING_DATABASE_POOL/],
  ])('%j is refused in words', (environment, message) => {
    const config = readConfig(environment, {});
    expect(config.ok ? '' : config.error.join('\n')).toMatch(message);
  });
});
