import { expect, test } from 'vitest';
import { isLoopback } from '#kernel';

test.each(['localhost', '127.0.0.1', '127.8.0.1', '::1', '[::1]'])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  '',
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil-localhost',
])('"%s" is not known to be this machine', (host) => {
  expect(isLoopback(host)).toBe(false);
});
