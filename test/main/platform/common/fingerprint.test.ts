import { expect, test } from 'vitest';
import { fingerprint } from '../../../../src/main/platform/common/index.ts';

test('two people on one computer are two, one person on it always the same', () => {
  const first = fingerprint('board-1', 'year3a');
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprint('board-1', 'year3a')).toBe(first);
  expect(fingerprint('board-1', 'year3b')).not.toBe(first);
  expect(fingerprint('board-2', 'year3a')).not.toBe(first);
  expect(fingerprint('board-1y', 'ear3a')).not.toBe(first);
});
