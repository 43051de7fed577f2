import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { err, ok, type Result } from '#kernel';
import type { PackError } from './pack.ts';
import { type Path, placeInText, startOf, startOfKey } from './place.ts';

export type { Path } from './place.ts';
/** Notes a mistake at a place of the document; `at` is an offset inside the text that stands there. */
export type Report = (path: Path, message: string, at?: number) => void;

/** A YAML document of the right form. `errors` grows with what is reported later. */
export interface RuleDocument<Content> {
  readonly content: Content;
  readonly report: Report;
  /** A mistake at a place, not noted. */
  errorAt(path: Path, message: string, at?: number): PackError;
  readonly errors: readonly PackError[];
}

/** Most mistakes reported for one file: after these, a person mends and checks again. */
const MAX_ERRORS = 100;

/** Reads YAML of the form of `schema`. `file` only names the file in errors, which have line and column, 1-based. */
export function readDocument<Schema extends z.ZodType>(
  yaml: string,
  file: string,
  schema: Schema,
): Result<RuleDocument<z.infer<Schema>>, readonly PackError[]> {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const errors: PackError[] = [];
  const placed = (offset: number, message: string): PackError => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const note = (error: PackError): void => {
    if (errors.length < MAX_ERRORS) errors.push(error);
  };
  for (const { pos, message } of document.errors) note(placed(pos[0], message + quotesHint(yaml, pos[0])));
  if (errors.length > 0) return err(errors);

  const errorAt = (path: Path, message: string, at = 0): PackError =>
    placed(placeInText(yaml, document.contents, path, at), message);
  const report: Report = (path, message, at) => note(errorAt(path, message, at));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (failure) {
    note(placed(0, failure instanceof Error ? failure.message : String(failure)));
    return err(errors);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter((step) => typeof step !== 'symbol');
      const hint = quotesHint(yaml, startOf(document.contents, path));
      const message = (issue.code === 'invalid_key' ? issue.issues[0]?.message : null) ?? issue.message;
      const where = path.length > 0 ? `${path.join('.')}: ` : '';
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys)
          note(placed(startOfKey(document.contents, path, key), `${where}there is no key \`${key}\` here`));
      else report(path, `${where}${message}${hint}`);
    }
    return err(errors);
  }
  return ok({ content: parsed.data, report, errorAt, errors });
}

/** YAML takes an unquoted `{me} ...` for a table of its own: the slip everybody makes once. */
function quotesHint(yaml: string, offset: number): string {
  const end = yaml.indexOf('\n', offset);
  const line = yaml.slice(yaml.lastIndexOf('\n', offset - 1) + 1, end < 0 ? yaml.length : end);
  return /(?:^\s*-\s+|[[,]\s*)\{[a-z][a-z0-9_]*\}/.test(line)
    ? ' (a phrase that begins with `{` needs quotes: "{me} ...")'
    : '';
}
