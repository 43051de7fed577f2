import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { playwrightCounts, vitestCounts } from '../../tools/check/index.ts';
import { runLanes, runSections, summary } from '../../tools/check/sections.ts';

describe('reading the counts of other test runners', () => {
  test('vitest: passed, failed, and a file that fails as a whole', () => {
    expect(vitestCounts(' Test Files  2 passed (2)\n      Tests  12 passed (12)\n')).toEqual({
      passed: 12,
      failed: 0,
    });
    expect(
      vitestCounts(' Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 11 passed (12)\n'),
    ).toEqual({
      passed: 11,
      failed: 1,
    });
    expect(vitestCounts(' Test Files  1 failed | 1 passed (2)\n      Tests  11 passed (11)\n')).toEqual({
      passed: 11,
      failed: 1,
    });
    expect(vitestCounts('crashed')).toBeNull();
  });

  test('playwright: what did not run has not passed', () => {
    expect(playwrightCounts('  66 passed (5.6m)\n')).toEqual({ passed: 66, failed: 0 });
    expect(playwrightCounts('  1 failed\n    [x] a.spec.ts\n  5 did not run\n  2 passed (7.0s)\n')).toEqual({
      passed: 2,
      failed: 6,
    });
    expect(playwrightCounts('  1 flaky\n  2 passed (7.0s)\n')).toEqual({ passed: 2, failed: 1 });
    expect(playwrightCounts('')).toBeNull();
  });
});

describe('sections', () => {
  const node = (name: string, code: string) => ({ name, program: process.execPath, args: ['-e', code] });

  test('a program that fails without naming a test counts as a failure', async () => {
    const results = await runSections(
      [
        node('good', ''),
        node('bad', 'process.exit(3)'),
        { ...node('counted', 'process.exit(1)'), count: () => ({ passed: 5, failed: 0 }) },
        { name: 'missing', program: 'no-such-program-here', args: [] },
      ],
      { parallel: 2 },
    );
    expect(Object.fromEntries(results.map(({ name, passed, failed }) => [name, [passed, failed]]))).toEqual({
      good: [1, 0],
      bad: [0, 1],
      counted: [5, 1],
      missing: [0, 1],
    });
    expect(summary(results)).toBe('6 passed, 3 failed');
  });

  test('lanes run beside each other, the sections of one in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lapwing-lanes-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string) => JSON.stringify(join(folder, name));
    const write = (name: string) => `fs.writeFileSync(${file(name)}, '');`;
    const whenThere = (name: string, then = '') =>
      `const look = setInterval(() => { if (fs.existsSync(${file(name)})) { clearInterval(look); ${then} } }, 5);`;
    // Each lane's first waits for what only the other lane's first makes.
    const results = await runLanes([
      [
        node('a1', write('a') + whenThere('b', write('c'))),
        node('a2', `process.exit(fs.existsSync(${file('c')}) ? 0 : 1)`),
      ],
      [node('b1', write('b') + whenThere('a'))],
    ]);
    expect(results.map(({ name, passed, failed }) => [name, passed, failed])).toEqual([
      ['a1', 1, 0],
      ['a2', 1, 0],
      ['b1', 1, 0],
    ]);
  });
});
