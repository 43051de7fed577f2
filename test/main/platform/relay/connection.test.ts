import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXTENSION_ID_CHROMIUM, EXTENSION_ID_FIREFOX, type FrontTab } from '#contract';
import { createConnection } from '../../../../src/main/platform/relay/connection.ts';
import { encodeFrame } from '../../../../src/main/platform/relay/frames.ts';

const hello = {
  kind: 'hello',
  version: 1,
  origin: `chrome-extension://${EXTENSION_ID_CHROMIUM}/`,
  browserPid: 41,
};
const front: FrontTab = {
  kind: 'front',
  version: 1,
  browser: 'edge',
  at: 1_000,
  tab: { url: 'https://example.org/', title: 'Example', private: false },
};

function connect() {
  const seen: unknown[] = [];
  const connection = createConnection({
    onHello: (browserPid) => seen.push({ browserPid }),
    onFront: (message) => seen.push(message),
    onOversized: (bytes) => seen.push({ bytes }),
  });
  return { seen, send: (message: unknown) => connection.push(encodeFrame(message)), push: connection.push };
}

describe('a relay connection', () => {
  test('gives hello and front tabs in order', () => {
    const { seen, send } = connect();
    expect(send(hello)).toBeNull();
    expect(send(front)).toBeNull();
    expect(send({ ...front, tab: null })).toBeNull();
    expect(send({ kind: 'oversized', bytes: 70_000 })).toBeNull();
    expect(seen).toEqual([{ browserPid: 41 }, front, { ...front, tab: null }, { bytes: 70_000 }]);
  });

  test('accepts the Firefox build by its id', () => {
    expect(connect().send({ ...hello, origin: EXTENSION_ID_FIREFOX })).toBeNull();
  });

  test.each([
    ['another extension', { ...hello, origin: `chrome-extension://${'a'.repeat(32)}/` }, 'unknown_extension'],
    ['no origin', { ...hello, origin: '' }, 'unknown_extension'],
    ['a tab before the hello', front, 'out_of_order'],
    ['an unknown kind', { kind: 'history' }, 'malformed'],
    ['no object', 'text', 'malformed'],
  ])('refuses %s', (_what, message, fault) => {
    const { seen, send } = connect();
    expect(send(message)).toBe(fault);
    expect(seen).toEqual([]);
  });

  test('refuses a second hello, so that a connection cannot change whom it speaks for', () => {
    const { send } = connect();
    send(hello);
    expect(send({ ...hello, browserPid: 42 })).toBe('out_of_order');
  });

  test.each([
    ['a tab without a URL', { ...front, tab: { title: 'x', private: false } }],
    ['a URL over the limit', { ...front, tab: { url: 'x'.repeat(5_000), title: '', private: false } }],
    ['a time that is no number', { ...front, at: 'now' }],
  ])('refuses %s', (_what, message) => {
    const { send } = connect();
    send(hello);
    expect(send(message)).toBe('malformed');
  });

  test('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
        const { push } = connect();
        for (const chunk of chunks) push(Buffer.from(chunk));
      }),
    );
  });
});
