import { expect, test } from 'vitest';
import { coalesce } from '../../src/console/app/live.ts';

test('a burst is one reload now and one at its end, and the next burst is heard again', async () => {
  const running: (() => void)[] = [];
  const reload = coalesce(() => new Promise<void>((resolve) => running.push(resolve)));
  const finish = async () => {
    running.at(-1)?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  for (let event = 0; event < 30; event += 1) reload();
  expect(running).toHaveLength(1);
  await finish();
  expect(running).toHaveLength(2);
  await finish();
  expect(running).toHaveLength(2);
  reload();
  expect(running).toHaveLength(3);
  await finish();
});
