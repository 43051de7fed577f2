export { createRules, type PackText, type Rules, type RulesDeps } from './rules.ts';
