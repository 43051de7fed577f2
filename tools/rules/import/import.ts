import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Category, Severity } from '#contract';
import { LOCKED_CATEGORIES } from '#contract';
import { readPhraseLine } from './e2guardian.ts';
import {
  type LineOutcome,
  readAdblockLine,
  readDomainLine,
  readHostsLine,
  type SiteLineReader,
} from './readers.ts';

export type ImportFormat = 'e2guardian' | 'hosts' | 'domains' | 'adblock';
export const IMPORT_FORMATS: readonly ImportFormat[] = ['e2guardian', 'hosts', 'domains', 'adblock'];

export interface ImportOptions {
  readonly from: ImportFormat;
  readonly files: readonly string[];
  readonly category: Category;
  readonly severity: Severity;
  readonly id: string;
  /** BCP 47 language of phrases. */
  readonly language: string;
  /** Sum of weights that counts, if the files do not say (`naughtynesslimit`). */
  readonly limit: number;
  readonly out: string;
}

const SITE_READERS: Record<Exclude<ImportFormat, 'e2guardian'>, SiteLineReader> = {
  hosts: readHostsLine,
  domains: readDomainLine,
  adblock: readAdblockLine,
};

/**
 * Turns lists of other software into a site list or a rule pack, line by line, in bounded memory. Every line that is
 * not carried over, or only in part, is reported with file and line. Gives the exit code: 1 if nothing was carried over.
 */
export async function importLists(options: ImportOptions, report: (line: string) => void): Promise<number> {
  const isPhrases = options.from === 'e2guardian';
  if (isPhrases && LOCKED_CATEGORIES.has(options.category)) {
    report(`${options.category} takes lists of sites only`);
    return 1;
  }
  const output = createWriteStream(options.out);
  const counts = isPhrases
    ? await importPhrases(options, output, report)
    : await importSites(options, SITE_READERS[options.from as 'hosts'], output, report);
  output.end();
  await once(output, 'finish');
  report(
    `${options.out}: ${counts.carried} carried over, ${counts.narrowed} of them in part, ${counts.dropped} left out`,
  );
  return counts.carried > 0 ? 0 : 1;
}

interface Counts {
  carried: number;
  narrowed: number;
  dropped: number;
}

async function importSites(
  options: ImportOptions,
  read: SiteLineReader,
  output: WriteStream,
  report: (line: string) => void,
): Promise<Counts> {
  const counts: Counts = { carried: 0, narrowed: 0, dropped: 0 };
  await write(
    output,
    `# lapwing-list: ${options.id}\n# category: ${options.category}\n# severity: ${options.severity}\n# version: 1\n`,
  );
  for await (const { file, number, line } of linesOf(options.files)) {
    const outcome: LineOutcome = read(line);
    const drop = (reason: string): void => {
      counts.dropped += 1;
      report(`${file}:${number}: left out: ${reason}: ${shown(line)}`);
    };
    if (outcome.kind === 'dropped') drop(outcome.reason);
    if (outcome.kind !== 'sites') continue;
    for (const reason of outcome.dropped) drop(reason);
    counts.carried += outcome.sites.length;
    if (outcome.sites.length > 0) await write(output, `${outcome.sites.join('\n')}\n`);
  }
  return counts;
}

async function importPhrases(
  options: ImportOptions,
  output: WriteStream,
  report: (line: string) => void,
): Promise<Counts> {
  const counts: Counts = { carried: 0, narrowed: 0, dropped: 0 };
  const head = [
    `pack: ${options.id}`,
    `category: ${options.category}`,
    `language: ${options.language}`,
    'version: 1',
  ];
  await write(
    output,
    `${head.join('\n')}\ndescription: ${JSON.stringify(`Imported from ${options.files.length} phrase list(s).`)}\nrules:\n`,
  );
  let { limit } = options;
  let rule = 0;
  for await (const { file, number, line } of linesOf(options.files)) {
    const outcome = readPhraseLine(line, `line-${rule + 1}`, options.severity);
    if (outcome.kind === 'limit') limit = outcome.limit;
    else if (outcome.kind === 'dropped') {
      counts.dropped += 1;
      report(`${file}:${number}: left out: ${outcome.reason}: ${shown(line)}`);
    } else if (outcome.kind === 'rule') {
      rule += 1;
      counts.carried += 1;
      await write(output, `${outcome.yaml}\n`);
      if (outcome.narrowed === null) continue;
      counts.narrowed += 1;
      report(`${file}:${number}: in part: ${outcome.narrowed}`);
    }
  }
  await write(output, `threshold: ${Math.max(limit, 1)}\n`);
  return counts;
}

async function* linesOf(
  files: readonly string[],
): AsyncGenerator<{ file: string; number: number; line: string }> {
  for (const file of files) {
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1;
      yield { file, number, line: line.replace(/^\uFEFF/, '') };
    }
  }
}

async function write(output: WriteStream, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain');
}

/** A line of somebody else's file, safe and short enough for a terminal. */
function shown(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}...` : line);
}
