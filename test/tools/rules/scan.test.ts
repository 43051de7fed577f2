import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scanLines } from '../../../tools/rules/scan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-scan-'));
  await writeFile(
    join(folder, 'p.yaml'),
    'pack: t.p\ncategory: drugs\nlanguage: en\nversion: 1\ndescription: x\nrules:\n  - { id: r, severity: high, phrases: [buy weed] }\n',
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function scan(lines: readonly string[]) {
  const out: unknown[] = [];
  const complaints: string[] = [];
  const code = await scanLines(
    { rules: [folder], audience: 'KS3', at: 0 },
    {
      input: Readable.from(lines.map((line) => `${line}\n`)),
      write: async (line) => void out.push(JSON.parse(line)),
      complain: (line) => complaints.push(line),
    },
  );
  return { code, out, complaints };
}

test('one line out for each line in, in order, null where nothing matched', async () => {
  const { code, out } = await scan([
    '{"id":"a","title":"homework","url":null,"app":"x"}',
    '{"id":2,"title":"where to BUY  w33d","url":null,"app":"x"}',
    '{"id":"c","title":"x"}',
  ]);
  expect(code).toBe(0);
  expect(out).toEqual([
    { id: 'a', hits: [], category: null, severity: null, disposition: null },
    {
      id: 2,
      hits: [
        {
          ruleId: 't.p/r',
          packId: 't.p',
          category: 'drugs',
          severity: 'high',
          field: 'title',
          start: 9,
          end: 18,
          text: 'BUY  w33d',
        },
      ],
      category: 'drugs',
      severity: 'high',
      disposition: 'unacceptable',
    },
    { id: 'c', hits: [], category: null, severity: null, disposition: null },
  ]);
});

test('a line that is no observation keeps its place and is complained of', async () => {
  const { code, out, complaints } = await scan([
    '{"id":1,"title":"a"}',
    'nonsense',
    '{"title":"no id"}',
    '{"id":4,"title":"buy weed"}',
  ]);
  expect(code).toBe(1);
  expect(out).toMatchObject([{ id: 1 }, { id: null }, { id: null }, { id: 4, category: 'drugs' }]);
  expect(complaints.map((line) => line.slice(0, 7))).toEqual(['line 2:', 'line 3:']);
});

test('wrong rules are complained of with their place, and nothing is scanned', async () => {
  await writeFile(join(folder, 'q.yaml'), 'pack: [');
  const { code, out, complaints } = await scan(['{"id":1,"title":"a"}']);
  expect(code).toBe(1);
  expect(out).toEqual([]);
  expect(complaints[0]).toMatch(/q\.yaml:\d+:\d+: /);
});
