import { describe, expect, test } from 'vitest';
import { type TrayState, trayView } from '../../../src/main/tray/index.ts';

const RUNNING: TrayState = {
  phase: 'running',
  watching: true,
  schoolName: 'Larkfield Primary',
  health: [],
};

function failed(part: string, state: 'failed' | 'degraded' = 'failed') {
  return { part, state, code: 'x', message: '', since: 0 };
}

describe('the tray', () => {
  test.each<[string, Partial<TrayState>, string, string]>([
    ['watching', {}, 'watching', 'Larkfield Primary monitors this computer'],
    ['locked', { watching: false }, 'paused', 'Monitoring is paused while nobody is here'],
    ['starting', { phase: 'starting' }, 'paused', 'Monitoring is about to start'],
    ['not enrolled', { phase: 'enrolling', schoolName: null }, 'problem', 'This computer is not set up yet'],
    ['nothing can be kept', { health: [failed('outbox.disk')] }, 'problem', 'Monitoring needs a technician'],
    ['a vital part failed', { health: [failed('rules')] }, 'problem', 'Monitoring needs a technician'],
    ['offline', { health: [failed('deliver')] }, 'watching', 'Larkfield Primary monitors this computer'],
    [
      'degraded',
      { health: [failed('observe', 'degraded')] },
      'watching',
      'Larkfield Primary monitors this computer',
    ],
  ])('%s', (_what, over, icon, stateLine) => {
    expect(trayView({ ...RUNNING, ...over })).toMatchObject({
      icon,
      stateLine,
      tooltip: `Lapwing: ${stateLine}`,
    });
  });

  test('offers the report as soon as there is a school, the notice always, and no way to quit', () => {
    expect(trayView(RUNNING).items.map(({ choice }) => choice)).toEqual(['report', 'notice']);
    expect(trayView({ ...RUNNING, schoolName: null }).items.map(({ choice }) => choice)).toEqual(['notice']);
  });

  test("a school's name cannot rearrange the line", () => {
    const { stateLine } = trayView({ ...RUNNING, schoolName: `A\u202e\nB${'x'.repeat(500)}` });
    expect(stateLine).toMatch(/^A Bx+ monitors this computer$/);
    expect(stateLine.length).toBeLessThan(100);
  });
});
