import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../paths.ts';
import type { Counts, Section } from './sections.ts';

/** Everything that needs no browser, display or Electron. */
export function checkSections(): Section[] {
  return [
    vitest('unit'),
    ...typeProjects().map((project) => ({
      name: `types: ${project}`,
      program: 'tsc',
      args: ['-p', project],
    })),
    { name: 'lint and formatting', program: 'biome', args: ['check', '--error-on-warnings', '.'] },
    {
      name: 'import rules',
      program: 'depcruise',
      args: ['-c', '.dependency-cruiser.mjs', 'src', 'tools', 'bench'],
    },
  ];
}

/** One of vitest.config.ts's projects. */
export function vitest(project: 'unit' | 'database' | 'slow' | 'package'): Section {
  return {
    name: `${project} tests`,
    program: 'vitest',
    args: ['run', '--project', project, '--reporter', project === 'slow' ? 'verbose' : 'default'],
    count: vitestCounts,
  };
}

/** One of playwright.config.ts's projects. */
export function playwright(project: string): Section {
  return {
    name: `browser tests: ${project}`,
    program: 'playwright',
    args: ['test', '--project', project],
    count: playwrightCounts,
  };
}

/** Playwright's last lines: `1 failed`, `5 did not run`, `66 passed (1.6m)`. What did not run has not passed. */
export function playwrightCounts(output: string): Counts | null {
  const count = (words: string) => Number(new RegExp(`^\\s*(\\d+) ${words}`, 'm').exec(output)?.[1] ?? 0);
  const passed = count('passed');
  const failed = count('failed') + count('did not run') + count('interrupted') + count('flaky');
  return passed + failed === 0 ? null : { passed, failed };
}

/** A TypeScript project each: the compiler guards what a layer may use. */
function typeProjects(): string[] {
  const projects = ['tsconfig.json', ...globSync('src/**/tsconfig.json', { cwd: projectFolder }).sort()];
  return projects.filter((project) => existsSync(join(projectFolder, project)));
}

/** Vitest's last lines: `Tests  1 failed | 130 passed (131)`; a file that fails as a whole has no tests of its own. */
export function vitestCounts(output: string): Counts | null {
  const tests = /^\s*Tests\s+(.*)$/m.exec(output)?.[1];
  if (tests === undefined) return null;
  const files = /^\s*Test Files\s+(.*)$/m.exec(output)?.[1] ?? '';
  const failed = Math.max(countOf(tests, 'failed'), countOf(files, 'failed'));
  return { passed: countOf(tests, 'passed'), failed };
}

function countOf(line: string, word: string): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}
