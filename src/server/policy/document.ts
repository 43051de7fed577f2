import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { policySchema } from '#contract';
import { err, ok, type Result } from '#kernel';

/** What a school writes: the policy without what the server adds (version, time, the device's audience). */
export const schoolPolicySchema = policySchema
  .omit({ version: true, issuedAt: true, audience: true })
  .extend({
    school: policySchema.shape.school.extend({
      timeZone: policySchema.shape.school.shape.timeZone.refine(
        isTimeZone,
        'expected a time zone such as Europe/London',
      ),
    }),
  });
export type SchoolPolicy = z.infer<typeof schoolPolicySchema>;

/** One mistake in a policy file; line and column count from 1. */
export interface PolicyProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Whether this is a time zone that times can be shown in. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const MAX_PROBLEMS = 20;

/** Reads a policy written as YAML or JSON (which YAML includes). */
export function parsePolicyText(text: string): Result<SchoolPolicy, readonly PolicyProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    return err(
      document.errors
        .slice(0, MAX_PROBLEMS)
        .map((error) => ({ ...at(error.pos[0]), message: error.message })),
    );
  }
  const parsed = schoolPolicySchema.strict().safeParse(document.toJS());
  if (parsed.success) return ok(parsed.data);
  return err(
    parsed.error.issues.slice(0, MAX_PROBLEMS).map((issue) => {
      const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return {
        ...at(offsetOf([...issue.path, ...extra])),
        message: `${issue.path.join('.') || 'the policy'}: ${issue.message}`,
      };
    }),
  );

  /** Where the node of a path begins, or the nearest one above it that is there. */
  function offsetOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      const range = (node as { range?: [number, number, number] } | undefined)?.range;
      if (range !== undefined && range !== null) return range[0];
    }
    return 0;
  }
}
