export {
  isTimeZone,
  type PolicyProblem,
  parsePolicyText,
  type SchoolPolicy,
  schoolPolicySchema,
} from './document.ts';
export { firstPolicy } from './first.ts';
export { policyRoutes } from './routes.ts';
export {
  createPolicies,
  type Policies,
  readPolicy,
  type ServedPolicy,
  signFor,
  writePolicy,
} from './service.ts';
