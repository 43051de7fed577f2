import { execFile } from 'node:child_process';
import { z } from 'zod';
import { parseJson } from '#kernel';

/** How one run of a small program ended. */
export type ProgramRun =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly output: string }
  /** It is not there, or may not be started. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'crashed'; readonly signal: string };

/** Runs a program without a shell and collects at most 1 MB of its standard output. Never rejects. */
export type RunProgram = (path: string, args: readonly string[], timeoutMs: number) => Promise<ProgramRun>;

const MAX_OUTPUT_BYTES = 1_000_000;

export const runProgram: RunProgram = (path, args, timeoutMs) =>
  new Promise((resolve) => {
    const options = { timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL' } as const;
    execFile(path, [...args], options, (failure, output) => {
      if (failure === null) resolve({ kind: 'ended', exitCode: 0, output });
      else if (typeof failure.code === 'number') resolve({ kind: 'ended', exitCode: failure.code, output });
      else if (failure.code === 'ENOENT' || failure.code === 'EACCES') resolve({ kind: 'missing' });
      else if (failure.killed === true) resolve({ kind: 'timed_out' });
      else resolve({ kind: 'crashed', signal: failure.signal ?? failure.code ?? 'unknown' });
    });
  });

/** A permission of macOS that only a person, or an MDM profile and a person, can give. */
export type MacPermission = 'accessibility' | 'screen_recording';

/** What one call of `active-win`'s helper said. */
export type HelperAnswer =
  | { readonly kind: 'window'; readonly found: HelperWindow }
  /** No window of the program in front is on the screen. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'permission_missing'; readonly permission: MacPermission }
  | { readonly kind: 'failed'; readonly code: 'missing' | 'timed_out' | 'crashed' | 'garbled' };

const helperWindowSchema = z.object({
  id: z.int().min(0),
  title: z.string(),
  bounds: z.object({ x: z.number(), y: z.number(), width: z.number().min(0), height: z.number().min(0) }),
  owner: z.object({ name: z.string(), processId: z.int(), bundleId: z.string(), path: z.string() }),
  url: z.string().optional(),
});
export type HelperWindow = z.infer<typeof helperWindowSchema>;

/**
 * Understands the helper of `active-win` 9: one JSON object, or `null`, and exit code 0; or a sentence that
 * names the missing permission and exit code 1 (its `main.swift`). Whatever else it prints is `garbled`.
 */
export function readHelperAnswer(run: ProgramRun): HelperAnswer {
  if (run.kind !== 'ended') return { kind: 'failed', code: run.kind };
  if (run.exitCode !== 0) {
    const missing = /requires the (accessibility|screen recording) permission/i.exec(run.output)?.[1];
    if (missing === undefined) return { kind: 'failed', code: 'crashed' };
    const permission = missing.toLowerCase() === 'accessibility' ? 'accessibility' : 'screen_recording';
    return { kind: 'permission_missing', permission };
  }
  if (run.output.trim() === 'null') return { kind: 'nothing' };
  const parsed = helperWindowSchema.safeParse(parseJson(run.output));
  return parsed.success ? { kind: 'window', found: parsed.data } : { kind: 'failed', code: 'garbled' };
}
