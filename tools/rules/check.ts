import { errorLine, loadRules } from './load.ts';

/**
 * Checks packs and site lists. Prints one line a mistake (`file:line:column: message`) and a summary;
 * gives the exit code: 0 if everything can be used.
 */
export async function check(paths: readonly string[], print: (line: string) => void): Promise<number> {
  const { errors, warnings, packs, lists, rules, sites } = await loadRules(paths);
  for (const error of errors) print(errorLine(error));
  for (const warning of warnings) print(errorLine({ ...warning, message: `warning: ${warning.message}` }));
  if (packs + lists + errors.length === 0) {
    print('nothing to check: give *.yaml packs, *.list site lists, or folders of them');
    return 1;
  }
  print(`${packs} packs with ${rules} rules, ${lists} lists with ${sites} sites: ${errors.length} mistakes`);
  return errors.length === 0 ? 0 : 1;
}
