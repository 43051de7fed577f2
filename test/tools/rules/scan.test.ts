import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RulesPolicy, readRulesPolicy } from '../../../tools/rules/policy.ts';
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

async function scan(lines: readonly string[], policy: RulesPolicy | null = null, at = 0) {
  const out: unknown[] = [];
  const complaints: string[] = [];
  const code = await scanLines(
    { rules: [folder], policy, audience: 'KS3', at },
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

test('an id that can be read is kept, whatever is wrong with the rest', async () => {
  const { out } = await scan(['{"id":"8","title":"x","url":42}', '{"id":[],"title":"x"}', 'null']);
  expect(out).toEqual(['8', null, null].map((id) => ({ id, error: 'not an observation' })));
});

test('only a line feed ends a line, and a byte order mark is not part of the first', async () => {
  const { code, out } = await scan([
    '\ufeff{"id":1,"title":"one\u2028two\u2029buy weed"}\r',
    '{"id":2,"title":"\u00e1"}',
  ]);
  expect(code).toBe(0);
  expect(out).toMatchObject([{ id: 1, hits: [{ start: 8, text: 'buy weed' }] }, { id: 2 }]);
});

test('lines are put together from chunks that end anywhere', async () => {
  const text = Buffer.from('{"id":1,"title":"s\u00e9ance"}\n{"id":2,"title":"buy weed"}');
  const bytes = Array.from(text, (_, at) => text.subarray(at, at + 1));
  const out: unknown[] = [];
  await scanLines(
    { rules: [folder], policy: null, audience: 'KS3', at: 0 },
    {
      input: Readable.from(bytes),
      write: async (line) => void out.push(JSON.parse(line)),
      complain: () => undefined,
    },
  );
  expect(out).toMatchObject([{ id: 1 }, { id: 2, category: 'drugs' }]);
});

test('a folder without rules is complained of', async () => {
  await rm(join(folder, 'p.yaml'));
  const { code, out, complaints } = await scan(['{"id":1,"title":"a"}']);
  expect({ code, out }).toEqual({ code: 1, out: [] });
  expect(complaints).toEqual([`there are no rules (*.yaml, *.list) in ${folder}`]);
});

test('wrong rules are complained of with their place, and nothing is scanned', async () => {
  await writeFile(join(folder, 'q.yaml'), 'pack: [');
  const { code, out, complaints } = await scan(['{"id":1,"title":"a"}']);
  expect(code).toBe(1);
  expect(out).toEqual([]);
  expect(complaints[0]).toMatch(/q\.yaml:\d+:\d+: /);
});

describe('with a policy', () => {
  const GRID = `school: { name: Larkfield, timeZone: Europe/London }
rules:
  ownPacks:
    - name: own.yaml
      yaml: "pack: own\\ncategory: gambling\\nlanguage: en\\nversion: 1\\ndescription: x\\nrules: [{ id: r, severity: low, phrases: [wibble] }]"
  packIds: [t.p]
  exceptions: [{ words: buy weed, site: garden.example, reason: a shop }]
  dispositions:
    - { category: drugs, audience: KS3, disposition: acceptable_at_certain_times, times: [{ days: [mon], from: "12:00", to: "13:00" }] }
    - { category: gambling, audience: KS3, disposition: acceptable_for_nominated_users, users: [kay] }
`;
  async function policyOf(text: string) {
    const file = join(folder, 'policy.txt');
    await writeFile(file, text);
    return readRulesPolicy(file);
  }

  test('the disposition is that of the policy, the time and the user', async () => {
    const policy = await policyOf(GRID);
    if (!policy.ok) throw new Error(policy.error.join());
    const lines = [
      '{"id":1,"title":"buy weed"}',
      '{"id":2,"title":"wibble"}',
      '{"id":3,"title":"wibble","user":"KAY"}',
      '{"id":4,"title":"buy weed","url":"https://garden.example/"}',
    ];
    const dispositions = async (at: number) =>
      (await scan(lines, policy.value, at)).out.map((one) => (one as { disposition: string }).disposition);
    // Half past twelve in London, where it is summer time; and half past one.
    expect(await dispositions(Date.UTC(2026, 6, 6, 11, 30))).toEqual([
      'acceptable_at_certain_times',
      'unacceptable',
      'acceptable_for_nominated_users',
      null,
    ]);
    expect((await dispositions(Date.UTC(2026, 6, 6, 12, 30)))[0]).toBe('unacceptable');
  });

  test('as a device has it, and what is wrong with it', async () => {
    const device = await policyOf(
      '{"version":3,"issuedAt":0,"audience":"KS5","school":{"name":"Larkfield","timeZone":"UTC"},"rules":{},"capture":{},"outbox":{}}',
    );
    expect(device).toMatchObject({ ok: true, value: { audience: 'KS5', timeZone: 'UTC' } });
    expect(await policyOf('school: [')).toMatchObject({ ok: false });
    expect(
      await policyOf(
        GRID.replace(
          'audience: KS3, disposition: acceptable_at',
          'audience: KS9, disposition: acceptable_at',
        ),
      ),
    ).toEqual({
      ok: false,
      error: [expect.stringMatching(/policy\.txt:9:36: rules\.dispositions\.0\.audience: /)],
    });
    expect(await policyOf('rules: {}')).toMatchObject({
      ok: false,
      error: [expect.stringContaining('policy.txt:1:1: school')],
    });
  });
});

const COMMAND = join(import.meta.dirname, '../../../tools/rules/rules.ts');

test('a reader that has had enough ends the command without a complaint', async () => {
  const child = spawn(process.execPath, [COMMAND, 'scan', '--rules', folder]);
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString();
  });
  child.stdin.on('error', () => undefined);
  child.stdout.once('data', () => child.stdout.destroy());
  const lines = '{"id":1,"title":"buy weed"}\n'.repeat(1_000);
  const feed = (): void => void (child.stdin.writable && child.stdin.write(lines, () => setImmediate(feed)));
  feed();
  const [code] = await once(child, 'close');
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
}, 120_000);
