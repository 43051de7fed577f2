import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../platform/random.ts';

/** OWASP's password storage guidance for argon2id: 19 MiB, two passes, one lane; here with room to spare. */
const COST: PasswordCost = { memoryKib: 32_768, passes: 3 };
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
const FORMAT = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

/** What hashing one password costs. A stored hash says what it cost, so that changing this breaks none. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** Hashes and checks passwords. */
export interface Passwords {
  /** argon2id in the usual `$argon2id$v=19$m=..,t=..,p=..$salt$tag` form (base64url). */
  hash(password: string): Promise<string>;
  /** Whether it is the password. With `null` (no such account) it takes as long and says no. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** A password a person can read out and type: five groups of four letters and digits, 100 bits. */
  generate(): string;
}

/** No vowels and no look-alikes, so that no words appear and nothing is misread: 32 signs, 5 bits each. */
const SIGNS = 'bcdfghjkmnpqrstvwxz23456789BCDFG';

export function createPasswords(deps: { readonly random: Pick<Random, 'bytes'> }, cost = COST): Passwords {
  async function tagOf(
    password: string,
    salt: Uint8Array,
    memory: number,
    passes: number,
    parallelism: number,
  ) {
    const message = Buffer.from(password.normalize('NFC'), 'utf8');
    return derive('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: TAG_BYTES });
  }
  let absent: Promise<string> | undefined;

  async function hash(password: string): Promise<string> {
    const salt = Buffer.from(deps.random.bytes(SALT_BYTES));
    const tag = await tagOf(password, salt, cost.memoryKib, cost.passes, LANES);
    const parameters = `m=${cost.memoryKib},t=${cost.passes},p=${LANES}`;
    return `$argon2id$v=19$${parameters}$${salt.toString('base64url')}$${tag.toString('base64url')}`;
  }

  return {
    hash,
    async verify(password, stored) {
      absent ??= hash('nobody has this password');
      const [, memory, passes, lanes, salt, tag] = FORMAT.exec(stored ?? (await absent)) ?? [];
      if (salt === undefined || tag === undefined) throw new Error('a stored password hash is damaged');
      const expected = Buffer.from(tag, 'base64url');
      const saltBytes = Buffer.from(salt, 'base64url');
      const actual = await tagOf(password, saltBytes, Number(memory), Number(passes), Number(lanes));
      return timingSafeEqual(actual, expected) && stored !== null;
    },
    generate() {
      const signs = Array.from(deps.random.bytes(20), (byte) => SIGNS[byte % SIGNS.length]).join('');
      return signs.replace(/(.{4})(?=.)/g, '$1-');
    },
  };
}
