import type { KeyVault } from '../../src/main/ports/index.ts';

/** A key vault in memory. */
export function createFakeVault(protection: KeyVault['protection'] = 'system'): KeyVault & {
  readonly secrets: Map<string, Uint8Array>;
} {
  const secrets = new Map<string, Uint8Array>();
  return {
    protection,
    secrets,
    read: async (name) => secrets.get(name) ?? null,
    write: async (name, secret) => void secrets.set(name, secret),
    remove: async (name) => void secrets.delete(name),
  };
}
