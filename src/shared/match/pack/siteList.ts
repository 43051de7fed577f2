import { z } from 'zod';
import { categorySchema, severitySchema } from '#contract';
import type { Compiler, ListHead } from '../compile/compile.ts';
import { parseSite } from '../sites/site.ts';
import type { PackError } from './pack.ts';

/** The header of a list; see `docs/rules.md`. */
const headSchema = z.object({
  'lapwing-list': z
    .string()
    .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, 'an id has small letters, digits, dots and hyphens')
    .max(90),
  category: categorySchema,
  severity: severitySchema,
  version: z.coerce.number().int().min(1).default(1),
});

/** Reads one site list, line by line, into a compiler, so that a list of millions is never held as text. */
export interface SiteListReader {
  line(text: string): void;
  /** Call after the last line. Gives the mistakes: lines that were left out, or a bad header. */
  end(): SiteListReport;
}

export interface SiteListReport {
  readonly id: string | null;
  readonly sites: number;
  /** Without a good header nothing of the list is used. */
  readonly isUsable: boolean;
  readonly errors: readonly PackError[];
}

/** Most bad lines reported one by one. */
const MAX_ERRORS = 100;

/** `file` only names the list in errors. */
export function createSiteListReader(compiler: Pick<Compiler, 'addList'>, file: string): SiteListReader {
  const errors: PackError[] = [];
  const header = new Map<
    string,
    { readonly value: string; readonly line: number; readonly column: number }
  >();
  let head: ListHead | null = null;
  let target: ReturnType<Compiler['addList']> | null = null;
  let lineNumber = 0;
  let sites = 0;

  function complain(message: string, line: number, column: number): void {
    if (errors.length < MAX_ERRORS) errors.push({ file, line, column, message });
  }

  function begin(): void {
    const values = Array.from(header, ([name, { value }]) => [name, value]);
    const parsed = headSchema.safeParse(Object.fromEntries(values));
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        const name = issue.path.join('.');
        const { line, column } = header.get(name) ?? { line: 1, column: 1 };
        complain(
          header.has(name) ? `header \`${name}\`: ${issue.message}` : `there is no header \`# ${name}: ...\``,
          line,
          column,
        );
      }
      head = { id: '', category: 'piracy', severity: 'low' };
      return;
    }
    head = {
      id: parsed.data['lapwing-list'],
      category: parsed.data.category,
      severity: parsed.data.severity,
    };
    target = compiler.addList(head);
  }

  return {
    line(text) {
      lineNumber += 1;
      const line = text.trim();
      if (line === '') return;
      if (line.startsWith('#')) {
        const [, before = '', name, value = ''] = /^(\s*#\s*([a-z-]+)\s*:\s*)(.*)$/.exec(text) ?? [];
        if (head === null && name !== undefined)
          header.set(name, { value: value.trim(), line: lineNumber, column: before.length + 1 });
        return;
      }
      if (head === null) begin();
      if (target === null) return;
      const site = parseSite(line);
      if (site.ok) {
        target.add(site.value);
        sites += 1;
      } else complain(site.error, lineNumber, text.length - text.trimStart().length + 1);
    },
    end() {
      if (head === null) begin();
      return { id: target === null ? null : (head?.id ?? null), sites, isUsable: target !== null, errors };
    },
  };
}
