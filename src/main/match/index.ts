export { createRules, type Rules, type RulesDeps } from './rules.ts';
