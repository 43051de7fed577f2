/**
 * Sealed screenshots, each under the SHA-256 of its bytes. What is under an address never changes, so putting
 * twice is the same as putting once.
 */
export interface BlobStore {
  /** Keeps `bytes`; resolves once they survive a power cut. The caller has checked that the hash is theirs. */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  /** The bytes, or null where there are none. */
  get(sha256: string): Promise<Uint8Array | null>;
  has(sha256: string): Promise<boolean>;
}
