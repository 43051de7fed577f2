import { describe, expect, test } from 'vitest';
import { playwrightCounts, vitestCounts } from '../../tools/check/index.ts';
import { runSections, summary } from '../../tools/check/sections.ts';

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
});
