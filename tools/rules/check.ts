import { readFile } from 'node:fs/promises';
import { type PackError, parsePack } from '#match';
import { findRuleFiles } from './files.ts';

/**
 * Checks packs and site lists. Prints one line a mistake (`file:line:column: message`) and a summary;
 * gives the exit code: 0 if everything can be used.
 */
export async function check(paths: readonly string[], print: (line: string) => void): Promise<number> {
  const files = await findRuleFiles(paths);
  const seen = new Map<string, string>();
  let mistakes = 0;
  let rules = 0;
  const complain = (error: PackError): void => {
    mistakes += 1;
    print(`${error.file}:${error.line}:${error.column}: ${error.message}`);
  };
  for (const file of files.packs) {
    const pack = parsePack(await readFile(file, 'utf8'), file);
    if (!pack.ok) {
      for (const error of pack.error) complain(error);
      continue;
    }
    const other = seen.get(pack.value.id);
    if (other !== undefined) complain({ file, line: 1, column: 1, message: `${other} has the pack id \`${pack.value.id}\` too` });
    seen.set(pack.value.id, file);
    rules += pack.value.rules.length + pack.value.sites.length;
  }
  if (files.packs.length === 0 && files.lists.length === 0) {
    print('nothing to check: give *.yaml packs, *.list site lists, or folders of them');
    return 1;
  }
  print(`${files.packs.length} packs, ${rules} rules, ${files.lists.length} lists: ${mistakes} mistakes`);
  return mistakes === 0 ? 0 : 1;
}
