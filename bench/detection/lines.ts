import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { categorySchema, severitySchema } from '#contract';

const expectSchema = z.object({
  category: categorySchema,
  severity: severitySchema.optional(),
  spans: z.array(z.string()).default([]),
  alsoOk: z.array(categorySchema).default([]),
});

const lineSchema = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string().nullable().default(null),
  app: z.string().default(''),
  expect: expectSchema.nullable(),
  kind: z.string(),
  language: z.string(),
});
/** One labelled title; `corpus/README.md` says what its parts mean. */
export type Line = z.infer<typeof lineSchema>;

/** All lines of the `.jsonl` files in a folder. Throws where one is malformed, naming file and line. */
export async function readCorpus(folder: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()) {
    const texts = (await readFile(join(folder, file), 'utf8')).split('\n');
    for (const [index, text] of texts.entries()) {
      if (text.trim() === '') continue;
      const parsed = lineSchema.safeParse(JSON.parse(text));
      if (!parsed.success) throw new Error(`${file}:${index + 1}: ${z.prettifyError(parsed.error)}`);
      lines.push(parsed.data);
    }
  }
  return lines;
}
