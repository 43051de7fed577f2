export { createFiles } from './files.ts';
export { createHttp } from './http.ts';
export { createLog, type LogOptions } from './log.ts';
export { createRandom } from './random.ts';
export { createRuleCompiler } from './ruleCompiler.ts';
export { createMachineLists } from './siteLists.ts';
export { createTimers } from './timers.ts';
export { machineFolder, type TokenPlace, tokenPlaces } from './tokens.ts';
