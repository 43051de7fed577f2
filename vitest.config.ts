import { defineConfig } from 'vitest/config';

/** Tests that start other programs: minutes, not milliseconds. `npm run check` leaves them to `npm test`. */
const SLOW = [
  'test/e2e/**/*.test.ts',
  'test/native/**/*.test.ts',
  'test/tools/slow/**/*.test.ts',
  'test/torture/**/*.test.ts',
];

const setupFiles = ['test/setup/leaks.ts'];

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      {
        test: {
          setupFiles,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: SLOW,
          testTimeout: 20_000,
        },
      },
      {
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
