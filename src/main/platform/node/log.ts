import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '#kernel';
import type { Log } from '../../ports/index.ts';

/** Fields that must never be logged; a mistake elsewhere is caught here instead of leaking. */
const HIDDEN_FIELDS = new Set([
  'title',
  'url',
  'text',
  'user',
  'displayName',
  'name',
  'search',
  'token',
  'tokenSecret',
  'authorization',
  'privateKey',
]);

/** Longest string that a field may carry: a code or an id is short. */
const MAX_FIELD_LENGTH = 300;

/** Beyond this the file is renamed to `<path>.1`, so logs never take more than twice this. */
const MAX_FILE_BYTES = 2_000_000;

function clean(key: string, value: unknown): unknown {
  if (HIDDEN_FIELDS.has(key)) return '[hidden]';
  if (typeof value === 'string') return value.toWellFormed().slice(0, MAX_FIELD_LENGTH);
  // A message of an Error may quote what it choked on; its class and code do not.
  if (value instanceof Error) return { kind: value.name, code: 'code' in value ? value.code : undefined };
  return value;
}

/** Escapes what JSON leaves alone but a terminal obeys: C1 controls, bidi marks and line separators. */
function escapeInvisible(line: string): string {
  return line.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export interface LogOptions {
  /** The file to append to; null for none. */
  readonly path: string | null;
  /** Gets each line too, for a terminal; null for none. */
  readonly echo: ((line: string) => void) | null;
}

/**
 * Structured logs as JSON lines, `{time, level, message, ...fields}`. Written at once, so that the
 * last line before a crash is there; bounded to two files. A disk that refuses them is no reason to stop.
 */
export function createLog(clock: Pick<Clock, 'now'>, options: LogOptions): Log {
  const { path } = options;
  let size = 0;
  if (path !== null) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  function append(file: string, line: string): void {
    try {
      if (size > MAX_FILE_BYTES) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += Buffer.byteLength(line);
    } catch {
      // Full or read-only disk: watching goes on without a log.
    }
  }

  function write(level: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    const entry = { time: new Date(clock.now()).toISOString(), level, message, ...fields };
    const line = `${escapeInvisible(JSON.stringify(entry, clean))}\n`;
    options.echo?.(line);
    if (path !== null) append(path, line);
  }

  return {
    debug: (fields, message) => write('debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
  };
}
