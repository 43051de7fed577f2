import { z } from 'zod';
import { type Audience, audienceSchema } from '#contract';
import { createMatcher } from '#match';
import { linesOf } from './lines.ts';
import { loadUsableRules } from './load.ts';
import { matcherOptionsOf, ownPacksOf, type RulesPolicy } from './policy.ts';

/** What says which line it is, where the rest cannot be used. */
const namedSchema = z.object({ id: z.union([z.string(), z.number()]) });

/** One line of input. Extra keys are left alone. */
const inputSchema = namedSchema.extend({
  title: z.string().nullish(),
  url: z.string().nullish(),
  app: z.string().nullish(),
  user: z.string().nullish(),
});

export interface ScanOptions {
  readonly rules: readonly string[];
  /** null: every pack, and whatever is found is unacceptable. */
  readonly policy: RulesPolicy | null;
  readonly audience: Audience;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Where lines come from and go to; `write` resolves when there is room for more. */
export interface ScanStreams {
  readonly input: NodeJS.ReadableStream;
  write(line: string): Promise<void>;
  complain(line: string): void;
}

/**
 * Matches JSON lines `{id,title,url,app}` (and `user`, for what is acceptable for nominated users) and writes one JSON line each, in order. A line that cannot be read gives
 * `{id, error}` so that the order holds, with `id` null where that cannot be read either. Memory stays bounded however many lines there are.
 * Gives the exit code: 1 if the rules are wrong or a line could not be read.
 */
export async function scanLines(options: ScanOptions, streams: ScanStreams): Promise<number> {
  const loaded = await loadUsableRules(options.rules, ownPacksOf(options.policy), streams.complain);
  if (loaded === null) return 1;
  const matcher = createMatcher(loaded.compiled, matcherOptionsOf(options.policy, loaded.ownIds));
  const context = { audience: options.audience, at: options.at, ownNames: [] };
  let code = 0;
  let lineNumber = 0;
  for await (const line of linesOf(streams.input)) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const value = jsonOf(line);
    const parsed = inputSchema.safeParse(value);
    if (!parsed.success) {
      streams.complain(
        `line ${lineNumber}: not an observation {"id":..., "title":..., "url":..., "app":...}`,
      );
      const id = namedSchema.safeParse(value).data?.id ?? null;
      await streams.write(`${JSON.stringify({ id, error: 'not an observation' })}\n`);
      code = 1;
      continue;
    }
    const input = parsed.data;
    const subject = { title: input.title ?? '', url: input.url ?? null, app: input.app ?? '' };
    const user = input.user ?? undefined;
    const { hits, category, severity, disposition } = matcher.match(
      subject,
      user === undefined ? context : { ...context, user },
    );
    await streams.write(`${JSON.stringify({ id: input.id, hits, category, severity, disposition })}\n`);
  }
  return code;
}

/** undefined where it is no JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The audience named on the command line, or null. */
export function parseAudience(text: string): Audience | null {
  const parsed = audienceSchema.safeParse(text);
  return parsed.success ? parsed.data : null;
}
