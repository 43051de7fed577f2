/** Secrets kept by the operating system's vault. `plain` means it has none: only development may go on. */
export interface KeyVault {
  readonly protection: 'system' | 'plain';
  /** Gives back the secret stored under `name`, or null. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, secret: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}
