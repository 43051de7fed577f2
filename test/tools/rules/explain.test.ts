import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { explainText } from '../../../tools/rules/explain.ts';

const PACK = `pack: t.p
category: drugs
language: en
version: 1
description: x
rules:
  - { id: buy, severity: high, phrases: ["(buy|get) weed", "weed killer mix"], unless: [weed killer] }
  - { id: weed, severity: low, phrases: [weed], unless: [weed killer] }
  - { id: near, severity: low, near: { words: [weed, pipe], within: 3 } }
`;

/** Golden text: a change here is a change of what people are told. */
test('the decision comes first, and only what led to it is written out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-explain-'));
  const lines: string[] = [];
  try {
    await writeFile(join(folder, 'p.yaml'), PACK);
    const options = {
      url: null,
      rules: [folder],
      policy: null,
      audience: 'KS3',
      at: 0,
      json: false,
    } as const;
    await explainText({ ...options, title: 'buy w33d, weed killer' }, (line) => lines.push(line));
    lines.push('---');
    await explainText({ ...options, title: 'maths' }, (line) => lines.push(line));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  expect(lines).toEqual([
    'drugs, high: 2 hits count.',
    'Unacceptable: the policy says nothing else about drugs for KS3.',
    '',
    'What was found:',
    '  counts        "buy w33d" in the title (0-8), rule t.p/buy',
    '  counts        "w33d" in the title (4-8), rule t.p/weed',
    '  does not      "weed" in the title (10-14), rule t.p/weed: cancelled by "weed killer" around it (unless)',
    '',
    'How it was read:',
    '  the title: "buy w33d, weed killer"',
    '    words: buy w33d weed killer',
    '    "w33d" may be: weed',
    '',
    'Phrases behind this:',
    '  t.p/buy, in the title: (buy|get) weed',
    '  t.p/weed, in the title: weed',
    '  cancelling words (unless, context_unless), in the title: weed killer',
    '',
    '3 other phrases were looked at and decided nothing (--json lists them).',
    '---',
    'No hit: no rule found anything.',
    '',
    'How it was read:',
    '  the title: "maths"',
    '    words: maths',
  ]);
});

test('words without quotes are one text', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-explain-'));
  try {
    await writeFile(join(folder, 'p.yaml'), PACK);
    const command = join(import.meta.dirname, '../../../tools/rules/rules.ts');
    const words = ['explain', 'where', 'to', 'buy', 'weed', '--rules', folder];
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...words]);
    expect(stdout).toContain('the title: "where to buy weed"');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
