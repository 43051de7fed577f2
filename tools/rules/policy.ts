import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Audience, audienceSchema, type Policy, policySchema } from '#contract';
import { err, ok, type Result } from '#kernel';
import type { MatcherOptions, PackFile } from '#match';

/** What a policy says about rules. The server checks the rest of it when it is set. */
const rulesPolicySchema = z.object({
  school: policySchema.shape.school,
  audience: audienceSchema.optional(),
  rules: policySchema.shape.rules.prefault({}),
});

export interface RulesPolicy {
  readonly rules: Policy['rules'];
  readonly timeZone: string;
  /** That of the device, if the document was made for one. */
  readonly audience: Audience | null;
}

/**
 * Reads a policy as the school writes it or as `policy show` prints it (YAML, which includes JSON), or as a device has
 * it. The errors are lines `file:line:column: message`.
 */
export async function readRulesPolicy(path: string): Promise<Result<RulesPolicy, readonly string[]>> {
  const lines = new LineCounter();
  const document = parseDocument(await readFile(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const told = (offset: number, message: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${message}`;
  };
  if (document.errors.length > 0)
    return err(document.errors.map(({ pos, message }) => told(pos[0], message)));
  const parsed = rulesPolicySchema.safeParse(document.toJS());
  if (parsed.success) {
    const { school, audience, rules } = parsed.data;
    return ok({ rules, timeZone: school.timeZone, audience: audience ?? null });
  }
  return err(parsed.error.issues.map(({ path: at, message }) => told(0, `${at.join('.')}: ${message}`)));
}

/** The school's own packs. */
export function ownPacksOf(policy: RulesPolicy | null): readonly PackFile[] {
  return policy?.rules.ownPacks ?? [];
}

/** What the policy decides about the rules; `ownIds` are on whatever it chooses among the others. */
export function matcherOptionsOf(policy: RulesPolicy | null, ownIds: readonly string[]): MatcherOptions {
  if (policy === null) return {};
  const { packIds, exceptions, dispositions } = policy.rules;
  return {
    packIds: packIds === null ? null : [...packIds, ...ownIds],
    exceptions,
    dispositions,
    timeZone: policy.timeZone,
  };
}
