import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ImportFormat, importLists } from '../../../tools/rules/import/import.ts';
import { loadRules } from '../../../tools/rules/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function importText(from: ImportFormat, text: string) {
  const file = join(folder, 'in.txt');
  const out = join(folder, from === 'e2guardian' ? 'out.yaml' : 'out.list');
  await writeFile(file, text);
  const reports: string[] = [];
  const options = {
    from,
    files: [file],
    category: 'gambling',
    severity: 'medium',
    id: 'imported',
    language: 'en',
    limit: 100,
    out,
  } as const;
  const code = await importLists(options, (line) => reports.push(line.replaceAll(folder, '')));
  const body = (await readFile(out, 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const loaded = await loadRules([out]);
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

  test('nothing carried over is a failure', async () => {
    expect((await importText('domains', '# only\n')).code).toBe(1);
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
      '<open<10>\nplain words\n<zero><0>\n.Include</etc/other>\n<a><5>\n<!!><5>\n<good word><5>\n<(one|two)><5>\n',
    );
    expect(
      result.reports.filter((line) => line.includes('left out')).map((line) => line.slice(8, 9)),
    ).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(result.errors).toEqual([]);
    expect(result.body.filter((line) => line.includes('id:'))).toHaveLength(2);
  });
});
