import { expect, test } from 'vitest';
import { createDisposables } from '#kernel';
import { takeUndisposed } from '../setup/kernel.ts';

test('a stack of disposables that nobody stops is told, with the place that made it', async () => {
  createDisposables().add({ dispose: () => undefined });
  createDisposables();
  const stopped = createDisposables();
  stopped.add({ dispose: () => undefined });
  await stopped.dispose();
  expect(takeUndisposed()).toEqual([expect.stringContaining('leaks.test.ts')]);
});
