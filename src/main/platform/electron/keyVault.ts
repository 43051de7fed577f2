import { safeStorage } from 'electron';
import type { Files, KeyVault } from '../../ports/index.ts';

/** The vault's files, below the data folder. */
const FOLDER = 'vault';
const NAME = /^[a-z][a-z0-9-]{0,40}$/;

function protectionOf(): KeyVault['protection'] {
  if (!safeStorage.isEncryptionAvailable()) return 'plain';
  // On Linux without a keyring Chromium encrypts with a key that is in its source: that is plain text.
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text')
    return 'plain';
  return 'system';
}

/**
 * Secrets in files encrypted by the operating system's own vault (DPAPI, Keychain, Secret Service).
 * Where there is none the bytes are stored as they are, readable by their owner only, and `protection`
 * says so; whoever uses the vault decides whether that will do. Call after Electron is ready.
 */
export function createKeyVault(deps: {
  readonly files: Pick<Files, 'read' | 'writeAtomic' | 'remove'>;
}): KeyVault {
  const protection = protectionOf();

  function fileOf(name: string): string {
    if (!NAME.test(name)) throw new Error('bad name of a secret');
    return `${FOLDER}/${name}.${protection}`;
  }

  return {
    protection,
    async read(name) {
      const stored = await deps.files.read(fileOf(name));
      if (stored === null || protection === 'plain') return stored;
      try {
        return Buffer.from(safeStorage.decryptString(Buffer.from(stored)), 'base64');
      } catch {
        // Another user's or another installation's vault wrote it: to us there is no such secret.
        return null;
      }
    },
    async write(name, secret) {
      const bytes =
        protection === 'plain' ? secret : safeStorage.encryptString(Buffer.from(secret).toString('base64'));
      await deps.files.writeAtomic(fileOf(name), bytes);
    },
    async remove(name) {
      await deps.files.remove(fileOf(name));
    },
  };
}
