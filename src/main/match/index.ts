export { createRules, type Rules, type RulesDeps, type SiteListLines } from './rules.ts';
