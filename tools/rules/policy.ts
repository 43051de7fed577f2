import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Audience, audienceSchema, type Policy, policySchema } from '#contract';
import { err, ok, type Result } from '#kernel';
import { type MatcherOptions, type PackFile, readDocument } from '#match';
import { errorLine } from './load.ts';

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
  const document = readDocument(await readFile(path, 'utf8'), path, rulesPolicySchema);
  if (!document.ok) return err(document.error.map(errorLine));
  const { school, audience, rules } = document.value.content;
  return ok({ rules, timeZone: school.timeZone, audience: audience ?? null });
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
