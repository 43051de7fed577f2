import { describe, expect, test } from 'vitest';
import { sortDevices, viewDevice } from '../../src/console/devices/health.ts';
import { fakeDevice, fakeFleet } from '../fakes/consoleData.ts';

const now = Date.UTC(2026, 10, 3, 14);
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const statusOf = (overrides: Parameters<typeof fakeDevice>[2]) =>
  viewDevice(fakeDevice('PC', now, overrides), now).status;

describe('a device', () => {
  test.each([
    ['heard of just now', {}, 'watching'],
    ['not heard of for eleven minutes', { lastSeenAt: now - 11 * minuteMs }, 'away'],
    ['not heard of for four days', { lastSeenAt: now - 4 * dayMs }, 'unseen'],
    ['never heard of', { lastSeenAt: null }, 'unseen'],
    ['with a gap', { gaps: [{ from: 3, to: 3, since: now }] }, 'problem'],
    ['that did not take its policy', { policyReceived: 5, policyApplied: 4 }, 'problem'],
    ['taken out, whatever else', { revokedAt: now, gaps: [{ from: 3, to: 3, since: now }] }, 'revoked'],
  ] as const)('%s', (_, overrides, status) => {
    expect(statusOf(overrides as Parameters<typeof fakeDevice>[2])).toBe(status);
  });

  test('taken out says why, where somebody wrote it', () => {
    const findings = (revokedReason: string | null) =>
      viewDevice(fakeDevice('PC', now, { revokedAt: now, revokedReason }), now).findings;
    expect([findings('sold'), findings(null)]).toEqual([['Taken out: sold'], []]);
  });

  test('says what is wrong in words, failures before degradations', () => {
    const health = (state: 'ok' | 'degraded' | 'failed', message: string) => ({
      part: 'p',
      state,
      code: 'c',
      message,
      since: now,
    });
    const { findings } = viewDevice(
      fakeDevice('PC', now, {
        health: [health('ok', 'fine'), health('degraded', 'slow'), health('failed', 'broken')],
      }),
      now,
    );
    expect(findings).toEqual(['broken', 'slow']);
    expect(
      viewDevice(fakeDevice('PC', now, { gaps: [{ from: 218, to: 220, since: now }] }), now).findings[0],
    ).toMatch(/^Records 218 to 220 haven’t arrived/);
  });
});

test('those that need a hand come first, then by name as people count', () => {
  const sorted = sortDevices(fakeFleet(now).map((device) => viewDevice(device, now)));
  expect(sorted.slice(0, 6).map(({ device }) => device.machine)).toEqual([
    'ICT-MAC-02',
    'ICT-PC-19',
    'ICT-PC-20',
    'Y10-LAPTOP-03',
    'Y8-LAPTOP-12',
    'LIB-PC-01',
  ]);
  expect(sorted.at(-1)?.status).toBe('revoked');
});
