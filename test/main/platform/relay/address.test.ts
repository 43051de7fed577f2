import { expect, test } from 'vitest';
import { type AddressWorld, relayAddress } from '../../../../src/main/platform/relay/index.ts';

const linux: AddressWorld = {
  platform: 'linux',
  environment: { XDG_RUNTIME_DIR: '/run/user/1000' },
  userId: 1000,
  logonSession: null,
  darwinTempFolder: null,
};

test('Linux: the runtime folder of the user, or one of their own under /tmp', () => {
  expect(relayAddress(linux)).toEqual({
    kind: 'socket',
    folder: '/run/user/1000/lapwing',
    path: '/run/user/1000/lapwing/relay.sock',
  });
  expect(relayAddress({ ...linux, environment: {} }).path).toBe('/tmp/lapwing-1000/relay.sock');
  expect(relayAddress({ ...linux, environment: { XDG_RUNTIME_DIR: 'relative' } }).path).toBe(
    '/tmp/lapwing-1000/relay.sock',
  );
});

test('macOS: the temporary folder of the user', () => {
  const address = relayAddress({ ...linux, platform: 'darwin', darwinTempFolder: '/var/folders/ab/c/T/' });
  expect(address.path).toBe('/var/folders/ab/c/T/lapwing/relay.sock');
});

test('Windows: a pipe of the logon session', () => {
  expect(relayAddress({ ...linux, platform: 'win32', logonSession: 3 })).toEqual({
    kind: 'pipe',
    path: '\\\\.\\pipe\\lapwing-relay-3',
  });
});
