import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import configuration from '../../.dependency-cruiser.mjs';

const projectFolder = resolve(import.meta.dirname, '../..');

/** An import each that somebody might write and must not, and the rule that stops it. */
const FORBIDDEN: readonly [rule: string, from: string, imported: string][] = [
  ['kernel', 'src/shared/kernel/bad.ts', 'zod'],
  ['contract', 'src/shared/contract/bad.ts', '#match'],
  ['ipc', 'src/shared/ipc/bad.ts', '#kernel'],
  ['match', 'src/shared/match/bad.ts', '#seal'],
  ['seal', 'src/shared/seal/bad.ts', '#match'],
  ['browser-side', 'src/shared/match/bad2.ts', 'node:fs'],
  ['ports', 'src/main/ports/bad.ts', '../outbox/index.ts'],
  ['platform', 'src/main/platform/node/bad.ts', '../../outbox/index.ts'],
  ['platform', 'src/main/platform/node/bad2.ts', '../../app/index.ts'],
  ['stage', 'src/main/observe/bad.ts', '../outbox/index.ts'],
  ['stage', 'src/main/observe/bad2.ts', '../platform/node/index.ts'],
  ['stage', 'src/main/capture/bad.ts', '../app/index.ts'],
  ['stage-world', 'src/main/deliver/bad.ts', 'node:fs'],
  ['stage-world', 'src/main/deliver/bad2.ts', 'chokidar'],
  ['outbox-database', 'src/main/health/bad.ts', 'better-sqlite3'],
  ['root', 'src/main/app/bad.ts', '../platform/electron/index.ts'],
  ['electron', 'src/main/tray/bad.ts', 'electron'],
  ['electron', 'src/main/platform/node/bad3.ts', 'electron'],
  ['preload', 'src/renderer/preload/bad.ts', '#contract'],
  ['renderer', 'src/renderer/report/bad.ts', '../../main/ports/index.ts'],
  ['ui', 'src/ui/bad.ts', '../console/api/index.ts'],
  ['extension', 'src/extension/bad.ts', '#match'],
  ['console', 'src/console/api/bad.ts', '#seal'],
  ['console', 'src/console/api/bad2.ts', '../../server/store/index.ts'],
  ['console-view', 'src/console/queue/bad.ts', '../item/index.ts'],
  ['server', 'src/server/store/bad.ts', '../../main/ports/index.ts'],
  ['slice', 'src/server/ingest/bad.ts', '../review/index.ts'],
  ['server-base', 'src/server/store/bad2.ts', '../review/index.ts'],
  ['index-only', 'src/main/app/bad2.ts', '../outbox/inner.ts'],
  ['index-only', 'src/server/review/bad.ts', '../store/inner.ts'],
  ['index-only-entry', 'src/server/bad.ts', './store/inner.ts'],
  ['ui-front', 'src/console/api/bad3.ts', '../../ui/inner.ts'],
  ['product-alone', 'src/main/app/bad3.ts', '../../../tools/inner.ts'],
  ['shipped-dependencies', 'src/server/review/bad2.ts', 'vite'],
  ['no-cycle', 'src/main/notice/cycle.ts', './cycle2.ts'],
  ['resolvable', 'src/main/notice/bad.ts', './nowhere.ts'],
];

/** An import each that must be possible. */
const ALLOWED: readonly [from: string, imported: string][] = [
  ['src/shared/contract/good.ts', '#kernel'],
  ['src/main/observe/good.ts', '../ports/index.ts'],
  ['src/main/observe/good2.ts', '#match'],
  ['src/main/outbox/good.ts', 'better-sqlite3'],
  ['src/main/app/good.ts', '../outbox/index.ts'],
  ['src/main/platform/electron/good.ts', 'electron'],
  ['src/console/queue/good.ts', '#ui'],
  ['src/server/review/good.ts', '../store/index.ts'],
  ['src/renderer/report/good.ts', '#ipc'],
];

const FOLDERS = [
  ...['kernel', 'contract', 'ipc', 'match', 'seal'].map((name) => `src/shared/${name}`),
  ...['ports', 'app', 'observe', 'outbox', 'platform/node', 'platform/electron'].map(
    (name) => `src/main/${name}`,
  ),
  ...['store', 'review', 'ingest'].map((name) => `src/server/${name}`),
  ...['api', 'item', 'queue'].map((name) => `src/console/${name}`),
  'src/ui',
  'tools',
];

let folder = '';
let violations: { rule: string; from: string }[] = [];

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-imports-'));
  await cp(join(projectFolder, 'package.json'), join(folder, 'package.json'));
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  for (const name of FOLDERS) {
    await write(`${name}/index.ts`, 'export const value = 1;\n');
    await write(`${name}/inner.ts`, 'export const inner = 1;\n');
  }
  await write('src/main/notice/cycle2.ts', "export * from './cycle.ts';\n");
  // Types count as well: half of the arrows are types only.
  for (const [, from, imported] of FORBIDDEN)
    await write(from, `import type {} from '${imported}';\nexport * from '${imported}';\n`);
  for (const [from, imported] of ALLOWED) await write(from, `export * from '${imported}';\n`);
  const { forbidden, options } = configuration;
  const result = await cruise(['src'], {
    ...options,
    baseDir: folder,
    preserveSymlinks: true,
    ruleSet: { forbidden },
    validate: true,
  } as unknown as Parameters<typeof cruise>[1]);
  const { summary } = result.output as ICruiseResult;
  violations = summary.violations.map((violation) => ({ rule: violation.rule.name, from: violation.from }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('import rules', () => {
  test.each(FORBIDDEN)('%s: %s must not import %s', (rule, from) => {
    expect(violations).toContainEqual({ rule, from });
  });

  test.each(ALLOWED)('%s may import %s', (from) => {
    expect(violations.filter((violation) => violation.from === from)).toEqual([]);
  });

  test('every rule is shown to bite', () => {
    const shown = new Set(FORBIDDEN.map(([rule]) => rule));
    // The entry is a single file; its rule is proven by the real tree, which has that file.
    expect(configuration.forbidden.map((rule) => rule.name).filter((name) => !shown.has(name))).toEqual([
      'entry',
    ]);
  });
});
