import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Category, Severity } from '#contract';
import { LOCKED_CATEGORIES } from '#contract';
import { createPhraseChecker, createSiteListReader, parsePack } from '#match';
import { linesOf } from '../lines.ts';
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

/** What an import came to so far. */
interface Progress {
  carried: number;
  narrowed: number;
  dropped: number;
  /** Why the result is of no use. */
  refusal: string | null;
}

/** Gives the text to write, piece by piece. */
type Importer = (
  options: ImportOptions,
  progress: Progress,
  report: (line: string) => void,
) => AsyncGenerator<string>;

/**
 * Turns lists of other software into a site list or a rule pack, line by line, in bounded memory. Every line that is
 * not carried over, or only in part, is reported with file and line. The result takes its place (`out`) only when it is
 * whole and `rules check` has nothing against it. Gives the exit code: 1 if nothing was written.
 */
export async function importLists(options: ImportOptions, report: (line: string) => void): Promise<number> {
  const problems = await problemsOf(options);
  for (const problem of problems) report(problem);
  if (problems.length > 0) return 1;
  const unfinished = `${options.out}.unfinished`;
  const progress: Progress = { carried: 0, narrowed: 0, dropped: 0, refusal: null };
  const run = options.from === 'e2guardian' ? importPhrases : importSites;
  try {
    await pipeline(run(options, progress, report), createWriteStream(unfinished));
    const { carried, narrowed, dropped, refusal } = progress;
    const isWritten = carried > 0 && refusal === null;
    if (isWritten) await rename(unfinished, options.out);
    const where = isWritten ? options.out : `nothing was written${refusal === null ? '' : `, ${refusal}`}`;
    report(`${where}: ${carried} carried over, ${narrowed} of them in part, ${dropped} left out`);
    return isWritten ? 0 : 1;
  } catch (failure) {
    report(`nothing was written: ${failure instanceof Error ? failure.message : String(failure)}`);
    return 1;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What cannot come to any good, found before anything is read or written. */
async function problemsOf(options: ImportOptions): Promise<readonly string[]> {
  const { from, out, files, category } = options;
  const isPhrases = from === 'e2guardian';
  if (isPhrases && LOCKED_CATEGORIES.has(category)) return [`${category} takes lists of sites only`];
  const ending = isPhrases ? '.yaml' : '.list';
  if (!out.endsWith(ending)) return [`--out ${out}: its name must end in ${ending} to be used as rules`];
  if (!(await stat(dirname(out)).catch(() => null))?.isDirectory())
    return [`--out ${out}: there is no folder ${dirname(out)}`];
  const target = await stat(out).catch(() => null);
  if (target?.isDirectory()) return [`--out ${out} is a folder`];
  const problems: string[] = [];
  for (const file of files) {
    const found = await stat(file).catch(() => null);
    if (found === null) problems.push(`${file}: there is no such file`);
    else if (found.isDirectory()) problems.push(`${file} is a folder: give the files in it`);
    else if (target !== null && found.dev === target.dev && found.ino === target.ino)
      problems.push(`--out ${out} is one of the files to import`);
  }
  return [...problems, ...(isPhrases ? packProblems(options) : listProblems(options))];
}

/** What is wrong with what stands around the rules. The rules themselves are checked line by line. */
function packProblems(options: ImportOptions): readonly string[] {
  const rule = `  - { id: r, severity: ${options.severity}, phrases: [sample] }\n`;
  const pack = parsePack(`${packHead(options)}${rule}threshold: ${options.limit}\n`, options.out);
  return pack.ok ? [] : pack.error.map(({ message }) => message);
}

function packHead({ id, category, language, files }: ImportOptions): string {
  const description = `Imported from ${files.length} phrase list(s).`;
  return [
    `pack: ${JSON.stringify(id)}`,
    `category: ${category}`,
    `language: ${JSON.stringify(language)}`,
    'version: 1',
    `description: ${JSON.stringify(description)}`,
    'rules:\n',
  ].join('\n');
}

function listProblems(options: ImportOptions): readonly string[] {
  const reader = createSiteListReader({ addList: () => ({ add: () => undefined }) }, options.out);
  for (const line of [...listHead(options).split('\n'), 'example.com']) reader.line(line);
  return reader.end().errors.map(({ message }) => message);
}

function listHead({ id, category, severity }: ImportOptions): string {
  return `# lapwing-list: ${id}\n# category: ${category}\n# severity: ${severity}\n# version: 1\n`;
}

const importSites: Importer = async function* (options, progress, report) {
  const read = SITE_READERS[options.from as keyof typeof SITE_READERS];
  yield listHead(options);
  for await (const { file, number, line } of linesOfAll(options.files, report)) {
    const outcome: LineOutcome = read(line);
    const drop = (reason: string): void => {
      progress.dropped += 1;
      report(`${file}:${number}: left out: ${reason}: ${shown(line)}`);
    };
    if (outcome.kind === 'dropped') drop(outcome.reason);
    if (outcome.kind !== 'sites') continue;
    for (const reason of outcome.dropped) drop(reason);
    progress.carried += outcome.sites.length;
    if (outcome.sites.length > 0) yield `${outcome.sites.join('\n')}\n`;
  }
};

const importPhrases: Importer = async function* (options, progress, report) {
  yield packHead(options);
  const checker = createPhraseChecker();
  let { limit } = options;
  /** The most that weights can add up to. */
  let most = 0;
  let hasWeights = false;
  for await (const { file, number, line } of linesOfAll(options.files, report)) {
    const outcome = readPhraseLine(checker, line, `line-${progress.carried + 1}`, options.severity);
    if (outcome.kind === 'limit') limit = outcome.limit;
    else if (outcome.kind === 'dropped') {
      progress.dropped += 1;
      report(`${file}:${number}: left out: ${outcome.reason}: ${shown(line)}`);
    } else if (outcome.kind === 'rule') {
      progress.carried += 1;
      hasWeights ||= outcome.weight !== null;
      most += Math.max(outcome.weight ?? 0, 0);
      yield `${outcome.yaml}\n`;
      if (outcome.narrowed === null) continue;
      progress.narrowed += 1;
      report(`${file}:${number}: in part: ${outcome.narrowed}`);
    }
  }
  if (hasWeights && most < limit)
    progress.refusal = `because the weights add up to ${most} and can never reach the limit of ${limit} (lower --limit, or naughtynesslimit in the files)`;
  yield `threshold: ${limit}\n`;
};

/** The lines of all files. One that is not UTF-8 is Windows-1252, which older lists are; the first of a file is reported. */
async function* linesOfAll(
  files: readonly string[],
  report: (line: string) => void,
): AsyncGenerator<{ file: string; number: number; line: string }> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const windows = new TextDecoder('windows-1252');
  for (const file of files) {
    let number = 0;
    let isOlder = false;
    const decode = (line: Buffer): string => {
      try {
        return utf8.decode(line);
      } catch {
        if (!isOlder)
          report(`${file}:${number + 1}: not UTF-8: this line and others like it are read as Windows-1252`);
        isOlder = true;
        return windows.decode(line);
      }
    };
    for await (const line of linesOf(createReadStream(file), decode)) {
      number += 1;
      yield { file, number, line };
    }
  }
}

/** A line of somebody else's file, safe and short enough for a terminal. */
function shown(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 80)}...` : line);
}
