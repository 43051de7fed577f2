import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** Chance as a port: ids and secrets. */
export interface Random {
  /** A new UUID, version 7. */
  id(): string;
  /** Unpredictable bytes, for keys, nonces and secrets. */
  bytes(length: number): Uint8Array;
}

/** The machine's cryptographic source of chance. */
export function createRandom(): Random {
  return { id: () => v7(), bytes: (length) => randomBytes(length) };
}
