import { AwsClient } from 'aws4fetch';
import type { BlobStore } from './types.ts';

export interface S3Options {
  /** Such as `https://s3.eu-west-2.amazonaws.com` or a MinIO address; buckets are addressed by path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const RETRIES = 3;
const TIMEOUT_MS = 30_000;

/** Blobs in any S3-compatible store, as `blobs/SHA256`. Throws when the store answers anything unexpected. */
export function createS3Blobs(options: S3Options): BlobStore {
  const { accessKeyId, secretAccessKey, region } = options;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES });
  const base = `${options.endpoint.replace(/\/+$/, '')}/${encodeURIComponent(options.bucket)}/blobs`;

  async function request(method: string, sha256: string, body?: Uint8Array): Promise<Response> {
    const response = await client.fetch(`${base}/${sha256}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // The store checks the bytes against the hash in the signature.
      ...(body === undefined
        ? {}
        : { body: body as Uint8Array<ArrayBuffer>, headers: { 'x-amz-content-sha256': sha256 } }),
    });
    if (!response.ok && response.status !== 404) {
      await response.body?.cancel();
      throw new Error(`the blob store answered ${method} with ${response.status}`);
    }
    return response;
  }

  return {
    async put(sha256, bytes) {
      const response = await request('PUT', sha256, bytes);
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the blob store has no bucket ${options.bucket}`);
    },
    async get(sha256) {
      const response = await request('GET', sha256);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      await response.body?.cancel();
      return null;
    },
    async has(sha256) {
      return (await request('HEAD', sha256)).ok;
    },
  };
}
