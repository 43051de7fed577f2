import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ImportFormat, type ImportOptions, importLists } from '../../../tools/rules/import/import.ts';
import { loadRules } from '../../../tools/rules/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(changes: Partial<ImportOptions> & Pick<ImportOptions, 'from'>) {
  const file = join(folder, 'in.txt');
  const out = join(folder, changes.from === 'e2guardian' ? 'out.yaml' : 'out.list');
  const reports: string[] = [];
  const options: ImportOptions = {
    files: [file],
    category: 'gambling',
    severity: 'medium',
    id: 'imported',
    language: 'en',
    limit: 20,
    out,
    ...changes,
  };
  const code = await importLists(options, (line) => reports.push(line.replaceAll(folder, '')));
  return { code, reports, out };
}

async function importText(from: ImportFormat, text: string | Buffer, changes: Partial<ImportOptions> = {}) {
  await writeFile(join(folder, 'in.txt'), text);
  const { code, reports, out } = await run({ from, ...changes });
  const written = await readFile(out, 'utf8').catch(() => '');
  const body = written.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const loaded = await loadRules(written === '' ? [] : [out]);
  return { code, body, reports: reports.slice(0, -1), summary: reports.at(-1), errors: loaded.errors };
}

describe('site lists', () => {
  test('hosts files, with damage', async () => {
    const result = await importText(
      'hosts',
      '# hosts\n127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 bet.example ads.example # two\n0.0.0.0\nnonsense\n0.0.0.0 single\r\n\ufeff0.0.0.0 Casino.Example\n0.0.0.0 bad_-.exa mple\n',
    );
    expect(result.body).toEqual(['bet.example', 'ads.example', 'casino.example']);
    expect(result.errors).toEqual([]);
    expect(result.reports).toEqual([
      '/in.txt:5: left out: no host name behind the address: "0.0.0.0"',
      '/in.txt:6: left out: `nonsense` is no address: "nonsense"',
      '/in.txt:7: left out: `single` is no full domain and would match too much: "0.0.0.0 single"',
      expect.stringContaining('/in.txt:9: left out'),
      expect.stringContaining('/in.txt:9: left out'),
    ]);
    expect(result.summary).toContain('3 carried over, 0 of them in part, 5 left out');
  });

  test('plain domains', async () => {
    const result = await importText(
      'domains',
      'bet.example\n*.wild.example # note\nhttps://www.path.example/x/\n.dot.example\nco.uk\ntwo words\n',
    );
    expect(result.body).toEqual(['bet.example', 'wild.example', 'path.example/x', 'dot.example']);
    expect(result.reports).toHaveLength(2);
  });

  test('adblock lists carry over only what is about a site', async () => {
    const result = await importText(
      'adblock',
      '[Adblock Plus 2.0]\n! comment\n||bet.example^\n||pop.example^$popup\n||third.example^$third-party\n@@||good.example^\nexample.org##.ad\n/banner\\d+/\n||star.*^\n-ad-\n||path.example/slots^\n',
    );
    expect(result.body).toEqual(['bet.example', 'pop.example', 'path.example/slots']);
    expect(result.reports.map((line) => line.slice(0, 10))).toEqual([
      '/in.txt:5:',
      '/in.txt:6:',
      '/in.txt:7:',
      '/in.txt:8:',
      '/in.txt:9:',
      '/in.txt:10',
    ]);
  });

  test('a hosts line that leads to another computer blocks nothing', async () => {
    const result = await importText(
      'hosts',
      [
        '216.239.38.120 www.google.com #forcesafesearch',
        '192.168.1.4 printer.school.example',
        'fe80::1%lo0 localhost',
        '255.255.255.255 broadcasthost',
        '0 a.example',
        '0.0.0.0 b.example',
        '127.0.0.53 c.example',
        ':: d.example',
        '::1 e.example',
        '0:0:0:0:0:0:0:1 f.example',
        '::ffff:127.0.0.1 g.example',
        '2001:db8::1 h.example',
      ].join('\n'),
    );
    expect(result.body).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.example`));
    expect(result.reports).toEqual([
      '/in.txt:1: left out: it leads to `216.239.38.120` and blocks nothing: "216.239.38.120 www.google.com #forcesafesearch"',
      '/in.txt:2: left out: it leads to `192.168.1.4` and blocks nothing: "192.168.1.4 printer.school.example"',
      '/in.txt:12: left out: it leads to `2001:db8::1` and blocks nothing: "2001:db8::1 h.example"',
    ]);
  });

  test('what is about one port is not about the site', async () => {
    const result = await importText('adblock', '||x.example:8080^\n||y.example^\n');
    expect(result.body).toEqual(['y.example']);
    expect(result.reports).toEqual([
      '/in.txt:1: left out: only about one port, and a list has whole sites: "||x.example:8080^"',
    ]);
    const plain = await importText('domains', 'https://x.example:8443/a\ny.example/a:1\n');
    expect(plain.body).toEqual(['y.example/a:1']);
  });
});

describe('phrase lists', () => {
  test('words, edges, combinations, negative weights and limits', async () => {
    const result = await importText(
      'e2guardian',
      '#listcategory: "Gambling"\nnaughtynesslimit = 50\n<casino><10>\n< slots ><5>\n< gambl><7>\n<bet>,< odds ><20>\n<charity><-30>\n<place your bets><15>\n<banned>\n',
    );
    expect(result.errors).toEqual([]);
    expect(result.body.slice(5)).toEqual([
      'rules:',
      '  - { id: line-1, severity: medium, phrases: ["casino"], inside_words: true, weight: 10 }',
      '  - { id: line-2, severity: medium, phrases: ["slots"], weight: 5 }',
      '  - { id: line-3, severity: medium, phrases: ["gambl*"], weight: 7 }',
      '  - { id: line-4, severity: medium, near: { words: ["bet*", "odds"], within: anywhere }, weight: 20 }',
      '  - { id: line-5, severity: medium, phrases: ["charity"], inside_words: true, weight: -30 }',
      '  - { id: line-6, severity: medium, phrases: ["place your bets*"], weight: 15 }',
      '  - { id: line-7, severity: medium, phrases: ["banned"], inside_words: true }',
      'threshold: 50',
    ]);
    expect(result.reports).toEqual([
      '/in.txt:6: in part: `bet` begins at the beginning of a word only',
      '/in.txt:8: in part: `place your bets` begins at the beginning of a word only',
    ]);
  });

  test('damaged lines are left out by number', async () => {
    const result = await importText(
      'e2guardian',
      '<open<10>\nplain words\n<zero><0>\n.Include</etc/other>\n<a><5>\n<!!><5>\n<roulette><abc>\n<far><99999999>\n<good word><15>\n<(one|two)><5>\n',
    );
    expect(
      result.reports.filter((line) => line.includes('left out')).map((line) => line.slice(8, 9)),
    ).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(result.reports).toContain(
      '/in.txt:7: left out: `abc` is no weight (a whole number), and no comma makes it another phrase: "<roulette><abc>"',
    );
    expect(result.errors).toEqual([]);
    expect(result.body.filter((line) => line.includes('id:'))).toHaveLength(2);
  });

  test('a word with signs in it is carried as what it is', async () => {
    const result = await importText('e2guardian', '<sex-xxx><-50>\n<.gif><30>\n');
    expect(result.body.slice(6)).toEqual([
      '  - { id: line-1, severity: medium, phrases: ["sex-xxx*"], weight: -50 }',
      '  - { id: line-2, severity: medium, phrases: [".gif*"], weight: 30 }',
      'threshold: 20',
    ]);
    expect(result.reports).toEqual([
      '/in.txt:1: in part: `sex-xxx` begins at the beginning of a word only',
      '/in.txt:2: in part: `.gif` begins at the beginning of a word only',
    ]);
    expect(result.errors).toEqual([]);
  });

  test('lines that are not UTF-8 are read as Windows-1252', async () => {
    const text = Buffer.concat([
      Buffer.from('<caf\u00e9 bleu><30>\n'),
      Buffer.from('<sexo gr\u00e1tis><30>\n', 'latin1'),
    ]);
    const result = await importText('e2guardian', text);
    expect(result.body[7]).toContain('["sexo grátis*"]');
    expect(result.body[6]).toContain('["café bleu*"]');
    expect(result.reports).toContain(
      '/in.txt:2: not UTF-8: this line and others like it are read as Windows-1252',
    );
  });
});

describe('what is written can be used, and else nothing is', () => {
  const OLD = 'old rules';
  const written = () => readFile(join(folder, 'out.yaml'), 'utf8');
  test.each([
    ['an id', '<casino><30>\n', { id: 'Bad Id' }, 'an id has small letters'],
    ['a language', '<casino><30>\n', { language: 'english' }, 'BCP 47'],
    ['nothing in the file', '', {}, 'nothing was written: 0 carried over'],
    ['weights that never suffice', '<casino><10>\n', {}, 'add up to 10 and can never reach the limit of 20'],
    ['a locked category', '<casino><30>\n', { category: 'illegal_csam' }, 'lists of sites only'],
  ] as const)('%s', async (_, text, changes, message) => {
    await writeFile(join(folder, 'out.yaml'), OLD);
    await writeFile(join(folder, 'in.txt'), text);
    const { code, reports } = await run({ from: 'e2guardian', ...changes });
    expect(code).toBe(1);
    expect(reports.join('\n')).toContain(message);
    expect(await written()).toBe(OLD);
    expect((await readdir(folder)).sort()).toEqual(['in.txt', 'out.yaml']);
  });

  test('whatever the lines are', async () => {
    const pieces =
      '< > , <a> <word> <casino><10> the http tion sex-xxx .gif * ( ) | {me} -5 0 99999 死 ก İ \u0301 \u2028 \u0085 \0 \u200b " \\ \' @ # 😀 \ufffd';
    const piece = fc.constantFrom(' ', ...pieces.split(' '));
    const line = fc
      .tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.integer({ min: -20, max: 20 }))
      .map(([words, weight]) => `<${words.join('')}><${weight}>`);
    const lines = fc.array(line, { maxLength: 40 }).map((all) => ['<casino><30>', ...all].join('\n'));
    await fc.assert(
      fc.asyncProperty(lines, async (text) => {
        const { code, errors } = await importText('e2guardian', text);
        expect({ code, errors }).toEqual({ code: 0, errors: [] });
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test('files that are not there, or one and the same', async () => {
    await writeFile(join(folder, 'out.yaml'), OLD);
    const outOf = (name: string) => ({ out: join(folder, name) });
    const refusals = [
      await run({ from: 'e2guardian' }),
      await run({ from: 'e2guardian', files: [join(folder, 'out.yaml')] }),
      await run({ from: 'e2guardian', files: [folder] }),
      await run({ from: 'e2guardian', files: [join(folder, 'out.yaml')], ...outOf('none/x.yaml') }),
      await run({ from: 'hosts', ...outOf('x.txt') }),
      await run({ from: 'hosts', id: 'Bad Id', files: [join(folder, 'out.yaml')] }),
    ];
    expect(refusals.map(({ code, reports }) => [code, ...reports])).toEqual([
      [1, '/in.txt: there is no such file'],
      [1, '--out /out.yaml is one of the files to import'],
      [1, ' is a folder: give the files in it'],
      [1, '--out /none/x.yaml: there is no folder /none'],
      [1, '--out /x.txt: its name must end in .list to be used as rules'],
      [1, expect.stringContaining('an id has small letters')],
    ]);
    expect(await written()).toBe(OLD);
    expect(await readdir(folder)).toEqual(['out.yaml']);
  });
});
