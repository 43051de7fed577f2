import type { Audience } from '#contract';
import { createMatcher, type Decision, type ExplainedCandidate, type Explanation } from '#match';
import { loadUsableRules } from './load.ts';
import { matcherOptionsOf, ownPacksOf, type RulesPolicy } from './policy.ts';

export interface ExplainOptions {
  readonly title: string;
  readonly url: string | null;
  readonly rules: readonly string[];
  readonly policy: RulesPolicy | null;
  readonly audience: Audience;
  readonly at: number;
  readonly json: boolean;
}

/** Explains one observation for a person: the decision first, then how it came about (or all of it as JSON). Gives the exit code. */
export async function explainText(options: ExplainOptions, print: (line: string) => void): Promise<number> {
  const loaded = await loadUsableRules(options.rules, ownPacksOf(options.policy), print);
  if (loaded === null) return 1;
  const matcher = createMatcher(loaded.compiled, matcherOptionsOf(options.policy, loaded.ownIds));
  const subject = { title: options.title, url: options.url, app: '' };
  const explanation = matcher.explain(subject, { audience: options.audience, at: options.at, ownNames: [] });
  if (options.json) print(JSON.stringify(explanation, null, 2));
  else for (const line of explanationLines(explanation)) print(line);
  return 0;
}

const FIELD_WORDS = { title: 'the title', url: 'the address', search: 'the search words' } as const;

/** The explanation as text: what was decided, then what was found, then how the texts were read. */
export function explanationLines({ result, texts, candidates, decisions }: Explanation): string[] {
  const lines: string[] = [];
  if (result.category === null) {
    lines.push(
      decisions.length === 0 ? 'No hit: no rule found anything.' : 'No hit: nothing that was found counts.',
    );
  } else {
    const what = result.hits.length === 1 ? 'one hit counts' : `${result.hits.length} hits count`;
    lines.push(
      `${result.category}, ${result.severity}: ${what}.`,
      `${sentence(result.disposition ?? '')}: ${result.reason}.`,
    );
  }
  if (decisions.length > 0) lines.push('', 'What was found:');
  const counted = decisions.filter((decision) => decision.counted);
  const others = decisions.filter((decision) => !decision.counted);
  for (const decision of counted) lines.push(`  counts        ${decisionWords(decision)}`);
  for (const decision of others)
    lines.push(`  does not      ${decisionWords(decision)}: ${decision.because}`);
  lines.push('', 'How it was read:');
  for (const text of texts) {
    lines.push(
      `  ${FIELD_WORDS[text.field]}: ${JSON.stringify(text.original)}`,
      `    words: ${text.words.join(' ')}`,
    );
    for (const reading of text.readings)
      lines.push(`    ${JSON.stringify(reading.written)} may be: ${reading.read}`);
  }
  lines.push(...phraseLines(candidates, decisions));
  return lines;
}

/** The phrases behind the decisions. The others are only counted: a long text wakes hundreds. */
function phraseLines(
  candidates: readonly ExplainedCandidate[],
  decisions: readonly Decision[],
): readonly string[] {
  const rules = new Set(decisions.map(({ ruleId }) => ruleId));
  const isCancelled = decisions.some(({ counted }) => !counted);
  const behind = candidates.filter(
    ({ found, ruleId }) => found && (ruleId === null ? isCancelled : rules.has(ruleId)),
  );
  const shown = new Set(
    behind.map(({ owner, field, phrase }) => `  ${owner}, in ${FIELD_WORDS[field]}: ${phrase}`),
  );
  const lines = shown.size > 0 ? ['', 'Phrases behind this:', ...shown] : [];
  const others = candidates.length - behind.length;
  if (others > 0)
    lines.push('', `${others} other phrases were looked at and decided nothing (--json lists them).`);
  return lines;
}

function decisionWords({ ruleId, field, start, end, text }: Decision): string {
  return `${JSON.stringify(text)} in ${FIELD_WORDS[field]} (${start}-${end}), rule ${ruleId}`;
}

/** `acceptable_at_certain_times` as a sentence begins. */
function sentence(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
