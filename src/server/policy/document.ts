import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ownWordsSchema, policySchema } from '#contract';
import { err, ok, type Result } from '#kernel';
import { parsePack } from '#match';

const { school, rules, capture, outbox } = policySchema.shape;

/** What a school decides: the policy without what the server adds (version, time, key, the device's audience). */
export const schoolPolicySchema = policySchema.omit({
  version: true,
  issuedAt: true,
  audience: true,
  intakeKey: true,
});
export type SchoolPolicy = z.infer<typeof schoolPolicySchema>;

const ownWords = z.array(ownWordsSchema.strict()).max(20).default([]);

/** The same as a person writes it: whole parts can be left out, and a name that means nothing is a mistake. */
const policyFileSchema = schoolPolicySchema.strict().extend({
  school: school.strict().extend({
    timeZone: school.shape.timeZone.refine(isTimeZone, 'expected a time zone such as Europe/London'),
  }),
  rules: rules.strict().prefault({}),
  capture: capture.strict().prefault({}),
  outbox: outbox.strict().prefault({}),
  texts: z.strictObject({ notice: ownWords, report: ownWords }).prefault({}),
});

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

/** Reads a policy written as YAML or JSON (which YAML includes), with the school's own rule packs in it. */
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
  const parsed = policyFileSchema.safeParse(document.toJS());
  const problems = parsed.success ? packProblems(parsed.data) : formProblems(parsed.error);
  if (parsed.success && problems.length === 0) return ok(parsed.data);
  return err(
    problems.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({
      ...at(offsetOf(path)),
      message: `${path.join('.') || 'the policy'}: ${message}`,
    })),
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

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function formProblems(error: z.ZodError): Problem[] {
  return error.issues.map((issue) => {
    const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    return { path: [...issue.path, ...extra], message: issue.message };
  });
}

/** The mistakes in the school's own packs, which stand in the policy as texts. */
function packProblems(policy: SchoolPolicy): Problem[] {
  return policy.rules.ownPacks.flatMap(({ name, yaml }, index) => {
    const pack = parsePack(yaml, name);
    if (pack.ok) return [];
    return pack.error.map(({ line, column, message }) => ({
      path: ['rules', 'ownPacks', index, 'yaml'],
      message: `in the pack, line ${line}, column ${column}: ${message}`,
    }));
  });
}
