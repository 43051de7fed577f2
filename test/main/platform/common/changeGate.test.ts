import { describe, expect, test } from 'vitest';
import { MAX_TITLE_LENGTH } from '#contract';
import { createChangeGate, machineAddresses } from '../../../../src/main/platform/common/index.ts';
import type { ForegroundWindow, SourceHealth, WindowReading } from '../../../../src/main/ports/index.ts';

const WINDOW: ForegroundWindow = {
  windowId: 7,
  title: 'Fractions',
  appName: 'Editor',
  appPath: '/usr/bin/editor',
  processId: 12,
  bounds: { x: 0, y: 0, width: 10, height: 10 },
  url: null,
};

function openGate() {
  const readings: WindowReading[] = [];
  const healths: SourceHealth[] = [];
  const gate = createChangeGate({ onReading: (r) => readings.push(r), onHealth: (h) => healths.push(h) });
  return { gate, readings, healths };
}

describe('the change gate', () => {
  test.each<[string, Partial<ForegroundWindow>]>([
    ['title', { title: 'Decimals' }],
    ['window', { windowId: 8 }],
    ['program', { appName: 'Other' }],
    ['path', { appPath: null }],
    ['process', { processId: null }],
    ['place', { bounds: { x: 1, y: 0, width: 10, height: 10 } }],
    ['lost place', { bounds: null }],
    ['url', { url: 'https://example.org/' }],
  ])('lets a new %s through once', (_what, change) => {
    const { gate, readings } = openGate();
    expect(gate.reading({ kind: 'window', window: WINDOW })).toBe(true);
    expect(gate.reading({ kind: 'window', window: { ...WINDOW } })).toBe(false);
    expect(gate.reading({ kind: 'window', window: { ...WINDOW, ...change } })).toBe(true);
    expect(gate.reading({ kind: 'window', window: { ...WINDOW, ...change } })).toBe(false);
    expect(readings).toHaveLength(2);
  });

  test('tells kinds and reasons apart', () => {
    const { gate, readings } = openGate();
    const sequence: WindowReading[] = [
      { kind: 'nothing' },
      { kind: 'nothing' },
      { kind: 'unknown', why: 'hung' },
      { kind: 'unknown', why: 'elevated' },
      { kind: 'unknown', why: 'elevated' },
      { kind: 'window', window: WINDOW },
    ];
    for (const reading of sequence) gate.reading(reading);
    expect(readings.map((reading) => (reading.kind === 'unknown' ? reading.why : reading.kind))).toEqual([
      'nothing',
      'hung',
      'elevated',
      'window',
    ]);
  });

  test('hostile titles leave well-formed and bounded', () => {
    const { gate, readings } = openGate();
    gate.reading({ kind: 'window', window: { ...WINDOW, title: `\ud800${'x'.repeat(100_000)}` } });
    const [reading] = readings;
    expect(reading?.kind === 'window' && reading.window.title).toBe(
      `\ufffd${'x'.repeat(MAX_TITLE_LENGTH - 1)}`,
    );
  });

  test('a closed gate lets nothing through', () => {
    const { gate, readings, healths } = openGate();
    gate.close();
    gate.reading({ kind: 'nothing' });
    gate.health({ state: 'ok', code: 'a', message: '' });
    expect([...readings, ...healths]).toEqual([]);
  });

  test('health is told when its code changes', () => {
    const { gate, healths } = openGate();
    for (const code of ['a', 'a', 'b', 'b', 'a']) gate.health({ state: 'ok', code, message: '' });
    expect(healths.map(({ code }) => code)).toEqual(['a', 'b', 'a']);
  });
});

test('addresses that are the same everywhere do not count as the machine\u2019s', () => {
  const own = (address: string, internal = false) => ({ address, internal });
  const addresses = machineAddresses({
    lo: [own('127.0.0.1', true), own('::1', true)],
    eth0: [own('10.1.2.3'), own('fe80::1'), own('2001:db8::5')],
    wlan0: [own('169.254.7.7')],
    gone: undefined,
  });
  expect(addresses).toEqual(['10.1.2.3', '2001:db8::5']);
});
