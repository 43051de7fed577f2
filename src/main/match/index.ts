export { createRules, type PackText, type Rules, type RulesDeps, type SiteListLines } from './rules.ts';
