import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { categorySchema, severitySchema } from '#contract';
import { check } from './check.ts';
import { explainText } from './explain.ts';
import { IMPORT_FORMATS, importLists } from './import/import.ts';
import { readRulesPolicy } from './policy.ts';
import { parseAudience, scanLines } from './scan.ts';
import { timeOf } from './time.ts';

/** The packs that ship with Lapwing. */
const SHIPPED_RULES = fileURLToPath(new URL('../../resources/rules', import.meta.url));

const USAGE = `usage:
  rules scan [--rules DIR]...      JSON lines {id,title,url,app} in, results out
  rules explain TEXT [--url U] [--rules DIR]... [--json]
       both: [--policy FILE] [--audience KS3] [--at 2026-03-02T10:15]
  rules check PATH...              packs and lists; mistakes with line and column
  rules import --from e2guardian|hosts|domains|adblock FILE... --category C --out FILE
               [--id ID] [--severity S] [--language L] [--limit N]
`;

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

function fail(message: string): number {
  complain(message);
  process.stderr.write(USAGE);
  return 2;
}

async function write(line: string): Promise<void> {
  if (process.stdout.write(line)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

interface ImportArguments {
  readonly from?: string | undefined;
  readonly category?: string | undefined;
  readonly severity?: string | undefined;
  readonly id?: string | undefined;
  readonly language: string;
  readonly limit: string;
  readonly out?: string | undefined;
}

async function runImport(values: ImportArguments, files: readonly string[]): Promise<number> {
  const from = IMPORT_FORMATS.find((format) => format === values.from);
  const category = categorySchema.safeParse(values.category);
  const severity = severitySchema.safeParse(
    values.severity ?? (values.category?.startsWith('illegal_') ? 'critical' : 'medium'),
  );
  const limit = Number(values.limit);
  if (from === undefined) return fail(`--from is one of ${IMPORT_FORMATS.join(', ')}`);
  if (!category.success) return fail(`--category is one of ${categorySchema.options.join(', ')}`);
  if (!severity.success) return fail(`--severity is one of ${severitySchema.options.join(', ')}`);
  if (!Number.isFinite(limit) || limit <= 0) return fail('--limit is a number above 0');
  if (values.out === undefined) return fail('--out names the file to write');
  if (files.length === 0) return fail('import which files?');
  const id = values.id ?? `imported.${category.data}`;
  const options = {
    from,
    files,
    category: category.data,
    severity: severity.data,
    id,
    language: values.language,
    limit,
    out: values.out,
  };
  return importLists(options, complain);
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rules: { type: 'string', multiple: true },
      policy: { type: 'string' },
      audience: { type: 'string' },
      at: { type: 'string' },
      url: { type: 'string' },
      json: { type: 'boolean', default: false },
      from: { type: 'string' },
      category: { type: 'string' },
      severity: { type: 'string' },
      language: { type: 'string', default: 'und' },
      limit: { type: 'string', default: '100' },
      id: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const rules = values.rules ?? [SHIPPED_RULES];
  const policy = values.policy === undefined ? null : await readRulesPolicy(values.policy);
  if (policy?.ok === false) {
    for (const line of policy.error) complain(line);
    return 1;
  }
  const decided = policy?.value ?? null;
  const named = values.audience ?? decided?.audience ?? 'KS3';
  const audience = parseAudience(named);
  const at = values.at === undefined ? Date.now() : timeOf(values.at, decided?.timeZone ?? 'UTC');
  if (audience === null) return fail(`no such audience: ${named}`);
  if (at === null) return fail(`no such time: ${values.at ?? ''}`);
  const options = { rules, policy: decided, audience, at };
  switch (command) {
    case 'scan':
      return scanLines(options, { input: process.stdin, write, complain });
    case 'check':
      return rest.length === 0 ? fail('check what?') : check(rest, out);
    case 'explain': {
      if (rest.length === 0 && values.url === undefined) return fail('explain what?');
      const title = rest.join(' ');
      return explainText({ ...options, title, url: values.url ?? null, json: values.json }, out);
    }
    case 'import':
      return runImport(values, rest);
    default:
      return fail(command === undefined ? 'which command?' : `no such command: ${command}`);
  }
}

// Whoever reads the results has gone, as `head` does when it has enough.
process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
  if (failure.code !== 'EPIPE') complain(failure.message);
  process.exit(failure.code === 'EPIPE' ? 0 : 1);
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (failure) {
  process.exitCode = fail(failure instanceof Error ? failure.message : String(failure));
}
