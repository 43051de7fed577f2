import type { Audience } from '#contract';
import { createMatcher, type Explanation } from '#match';
import { errorLine, loadRules } from './load.ts';

export interface ExplainOptions {
  readonly title: string;
  readonly url: string | null;
  readonly rules: readonly string[];
  readonly audience: Audience;
  readonly at: number;
  readonly json: boolean;
}

/** Explains one observation, step by step, for a person (or as JSON). Gives the exit code. */
export async function explainText(options: ExplainOptions, print: (line: string) => void): Promise<number> {
  const loaded = await loadRules(options.rules);
  if (loaded.compiled === null) {
    for (const error of loaded.errors) print(errorLine(error));
    return 1;
  }
  const matcher = createMatcher(loaded.compiled);
  const subject = { title: options.title, url: options.url, app: '' };
  const explanation = matcher.explain(subject, { audience: options.audience, at: options.at, ownNames: [] });
  if (options.json) print(JSON.stringify(explanation, null, 2));
  else for (const line of explanationLines(explanation)) print(line);
  return 0;
}

/** The explanation as text, one step a line. */
export function explanationLines({ result, texts, candidates, decisions }: Explanation): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    lines.push(`${text.field}: ${JSON.stringify(text.original)}`, `  read as: ${text.words.join(' ')}`);
    for (const reading of text.readings)
      lines.push(`  ${JSON.stringify(reading.written)} may be: ${reading.read}`);
  }
  lines.push('phrases looked at:');
  for (const { field, owner, phrase, found } of candidates) {
    lines.push(`  ${found ? 'found    ' : 'not there'} ${owner} in ${field}: ${phrase}`);
  }
  if (candidates.length === 0) lines.push('  none: no word of the text is the rarest word of any rule');
  lines.push('decisions:');
  for (const { ruleId, field, start, end, text, counted, because } of decisions) {
    lines.push(
      `  ${counted ? 'HIT      ' : 'no hit   '} ${ruleId} on ${field} ${start}-${end} ${JSON.stringify(text)}: ${because}`,
    );
  }
  if (decisions.length === 0) lines.push('  nothing to decide');
  if (result.category === null) lines.push('result: nothing matched');
  else lines.push(`result: ${result.category}, ${result.severity}, ${result.disposition} (${result.reason})`);
  return lines;
}
