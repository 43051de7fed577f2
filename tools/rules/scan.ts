import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Audience, audienceSchema } from '#contract';
import { createMatcher } from '#match';
import { errorLine, loadRules } from './load.ts';
import { matcherOptionsOf, ownPacksOf, type RulesPolicy } from './policy.ts';

/** One line of input. Extra keys are left alone. */
const inputSchema = z.object({
  id: z.union([z.string(), z.number()]),
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
 * `{id:null, error}` so that the order holds. Memory stays bounded however many lines there are.
 * Gives the exit code: 1 if the rules are wrong or a line could not be read.
 */
export async function scanLines(options: ScanOptions, streams: ScanStreams): Promise<number> {
  const loaded = await loadRules(options.rules, ownPacksOf(options.policy));
  if (loaded.compiled === null) {
    for (const error of loaded.errors) streams.complain(errorLine(error));
    return 1;
  }
  const matcher = createMatcher(loaded.compiled, matcherOptionsOf(options.policy, loaded.ownIds));
  const context = { audience: options.audience, at: options.at, ownNames: [] };
  let code = 0;
  let lineNumber = 0;
  for await (const line of createInterface({ input: streams.input, crlfDelay: Infinity })) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const input = parseLine(line);
    if (input === null) {
      streams.complain(
        `line ${lineNumber}: not an observation {"id":..., "title":..., "url":..., "app":...}`,
      );
      await streams.write(`${JSON.stringify({ id: null, error: 'not an observation' })}\n`);
      code = 1;
      continue;
    }
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

function parseLine(line: string): z.infer<typeof inputSchema> | null {
  try {
    const parsed = inputSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The audience named on the command line, or null. */
export function parseAudience(text: string): Audience | null {
  const parsed = audienceSchema.safeParse(text);
  return parsed.success ? parsed.data : null;
}
