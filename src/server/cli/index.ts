export { type RunDeps, runCommandLine } from './run.ts';
