import {
  type Audience,
  audienceSchema,
  type Category,
  categorySchema,
  LOCKED_CATEGORIES,
  type Severity,
  severitySchema,
} from '#contract';
import type { Compiled } from '../compile/container.ts';
import { PACK, RULE } from '../compile/layout.ts';
import { readString } from '../compile/strings.ts';

/** Reads rules and packs out of the compiled form, by row. */
export interface RuleTable {
  /** The rule's full id, such as `en.self_harm/intent-now`. */
  id(rule: number): string;
  pack(rule: number): number;
  packId(pack: number): string;
  category(rule: number): Category;
  severity(rule: number): Severity;
  /** Whether no policy, exception or help site may keep the rule from counting. */
  isLocked(rule: number): boolean;
  looksAt(rule: number, field: number): boolean;
  isFor(rule: number, audience: Audience): boolean;
  /** Thousandths; 0 if the rule counts by itself. */
  weight(rule: number): number;
  /** Thousandths. */
  threshold(pack: number): number;
  /** The sets of cancelling phrases of rule and pack, -1 for none. */
  cancelSets(rule: number): readonly [number, number];
  contextSets(rule: number): readonly [number, number];
}

export function createRuleTable(compiled: Compiled): RuleTable {
  const { rules, packs, strings } = compiled;
  const ruleCell = (rule: number, column: number): number => rules[rule * RULE.columns + column] as number;
  const packCell = (pack: number, column: number): number => packs[pack * PACK.columns + column] as number;
  const isList = (rule: number): boolean => packCell(ruleCell(rule, RULE.pack), PACK.isList) === 1;
  const category = (rule: number): Category =>
    categorySchema.options[packCell(ruleCell(rule, RULE.pack), PACK.category)] as Category;
  // Ids of rules that have fired once are kept as strings; there are never more than rules.
  const ruleIds: (string | undefined)[] = [];
  const packIds: (string | undefined)[] = [];
  return {
    id: (rule) =>
      (ruleIds[rule] ??= readString(strings, ruleCell(rule, RULE.idStart), ruleCell(rule, RULE.idLength))),
    pack: (rule) => ruleCell(rule, RULE.pack),
    packId: (pack) =>
      (packIds[pack] ??= readString(strings, packCell(pack, PACK.idStart), packCell(pack, PACK.idLength))),
    category,
    severity: (rule) => severitySchema.options[ruleCell(rule, RULE.severity) - 1] as Severity,
    isLocked: (rule) => isList(rule) && LOCKED_CATEGORIES.has(category(rule)),
    looksAt: (rule, field) => (ruleCell(rule, RULE.where) & (1 << field)) !== 0,
    isFor: (rule, audience) =>
      (ruleCell(rule, RULE.audiences) & (1 << audienceSchema.options.indexOf(audience))) !== 0,
    weight: (rule) => ruleCell(rule, RULE.weight),
    threshold: (pack) => packCell(pack, PACK.threshold),
    cancelSets: (rule) => [ruleCell(rule, RULE.cancel), packCell(ruleCell(rule, RULE.pack), PACK.cancel)],
    contextSets: (rule) => [ruleCell(rule, RULE.context), packCell(ruleCell(rule, RULE.pack), PACK.context)],
  };
}
