import { expect, test } from 'vitest';
import { isAdministrator } from '../../../../src/main/platform/electron/administrator.ts';

const PUPIL = { userId: 1_000, groupIds: [1_000, 20], isElevated: async () => false };

test.each([
  ['a pupil on Linux', { ...PUPIL, platform: 'linux' as const }, false],
  ['a member of some group 80 on Linux', { ...PUPIL, platform: 'linux' as const, groupIds: [80] }, false],
  ['root on Linux', { ...PUPIL, platform: 'linux' as const, userId: 0 }, true],
  ['a pupil on macOS', { ...PUPIL, platform: 'darwin' as const }, false],
  ['an administrator on macOS', { ...PUPIL, platform: 'darwin' as const, groupIds: [20, 80] }, true],
  ['root on macOS', { ...PUPIL, platform: 'darwin' as const, userId: 0 }, true],
  ['a pupil on Windows', { ...PUPIL, platform: 'win32' as const, userId: null }, false],
  [
    'an elevated prompt on Windows',
    { ...PUPIL, platform: 'win32' as const, isElevated: async () => true },
    true,
  ],
])('%s', async (_who, rights, allowed) => {
  expect(await isAdministrator(rights)).toBe(allowed);
});
