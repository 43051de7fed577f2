import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that start other programs: minutes, not milliseconds. `npm run check` leaves them to `npm test`. */
const SLOW = [
  'test/e2e/**/*.test.ts',
  'test/native/**/*.test.ts',
  'test/tools/slow/**/*.test.ts',
  'test/torture/**/*.test.ts',
];

const setupFiles = ['test/setup/leaks.ts'];

/** The kernel of tests watches over its disposables. Tools run by tests as programs of their own use the real one. */
const resolve = {
  alias: [
    { find: /^#kernel$/, replacement: fileURLToPath(new URL('test/setup/kernel.ts', import.meta.url)) },
  ],
};

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      {
        resolve,
        test: {
          setupFiles,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: SLOW,
          testTimeout: 20_000,
        },
      },
      {
        resolve,
        test: {
          setupFiles,
          name: 'slow',
          include: SLOW,
          // Each file drives real programs; two at once on two cores only disturb each other.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
