/** Chance as a port: ids and jitter. */
export interface Random {
  /** A new UUID, version 7. */
  id(): string;
  /** In [0, 1). */
  fraction(): number;
}
