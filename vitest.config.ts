import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const ALL = 'test/**/*.test.{ts,tsx}';

/** Tests that start other programs: minutes, not milliseconds. `npm run check` leaves them to `npm test`. */
const SLOW = ['test/e2e/**/*.test.ts', 'test/native/**/*.test.ts', 'test/torture/**/*.test.ts'];

/** Makes the package and looks into it; what drives the package comes after. */
const PACKAGE = ['test/tools/slow/**/*.test.ts'];

/** Tests that run on a real PostgreSQL as well, told by what they import. Left to `npm test`, too. */
const DATABASE = globSync(ALL, { cwd: import.meta.dirname, exclude: [...SLOW, ...PACKAGE] }).filter((file) =>
  /fakes\/server\/(?:databases|postgres)\.ts'/.test(readFileSync(file, 'utf8')),
);

/** Deadlines are far above what anything takes: a busy machine makes a test slow, never red. */
const common = {
  setupFiles: ['test/setup/leaks.ts'],
  expect: { poll: { timeout: 60_000 } },
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/** The kernel of tests watches over its disposables. Tools run by tests as programs of their own use the real one. */
const resolve = {
  alias: [
    { find: /^#kernel$/, replacement: fileURLToPath(new URL('test/setup/kernel.ts', import.meta.url)) },
  ],
};

export default defineConfig({
  test: {
    allowOnly: false,
    maxWorkers: availableParallelism(),
    teardownTimeout: 60_000,
    projects: [
      {
        resolve,
        test: {
          ...common,
          name: 'unit',
          include: [ALL],
          exclude: [...SLOW, ...PACKAGE, ...DATABASE],
        },
      },
      {
        resolve,
        test: {
          ...common,
          name: 'database',
          include: DATABASE,
          globalSetup: ['test/setup/postgres.ts'],
        },
      },
      {
        resolve,
        test: {
          ...common,
          name: 'slow',
          include: SLOW,
          // Each file drives real programs; two at once on two cores only disturb each other.
          fileParallelism: false,
        },
      },
      {
        resolve,
        test: { ...common, name: 'package', include: PACKAGE },
      },
    ],
  },
});
