import { describe, expect, test } from 'vitest';
import {
  type Flow,
  type FlowAction,
  isEmpty,
  isOneAtATime,
  openFlow,
  reduceFlow,
  reportOf,
  stepsOf,
} from '../../../src/renderer/report/flow.ts';
import { levelOf } from '../../../src/renderer/shared/level.ts';

const inFront = { app: 'Chrome', title: 'Messages' };
const flowAfter = (...actions: FlowAction[]): Flow => actions.reduce(reduceFlow, openFlow({ inFront }));

describe('the report window', () => {
  test('opens with what was in front attached, and without where there was nothing', () => {
    expect(openFlow({ inFront }).attach).toBe(true);
    expect(openFlow({ inFront: null }).attach).toBe(false);
  });

  test('asks only what there is to choose', () => {
    const contacts = [{ id: 'okafor', name: 'Mrs Okafor', role: '' }];
    expect(stepsOf({ contacts, inFront })).toEqual(['about', 'text', 'who', 'screen']);
    expect(stepsOf({ contacts: [], inFront: null })).toEqual(['about', 'text']);
  });

  test('young pupils get one question at a time', () => {
    expect(
      (['KS1', 'KS2', 'KS3', 'KS5', 'staff', 'guest'] as const).map((audience) =>
        isOneAtATime(levelOf(audience)),
      ),
    ).toEqual([true, true, false, false, false, false]);
  });

  test('a failure keeps every word and choice', () => {
    const written = flowAfter(
      { kind: 'about', about: 'how_i_feel' },
      { kind: 'text', text: 'I feel sad' },
      { kind: 'who', contactId: 'okafor' },
      { kind: 'attach', attach: false },
    );
    for (const urgent of [false, true]) {
      const failed = [
        { kind: 'send', urgent } as const,
        { kind: 'answered', urgent, saved: false } as const,
        { kind: 'write_more' } as const,
      ].reduce(reduceFlow, written);
      expect(failed).toEqual(written);
    }
  });

  test('a pupil who skips the first question is not held up; the text is trimmed', () => {
    expect(reportOf(flowAfter({ kind: 'text', text: '  help \n' }), false)).toEqual({
      about: 'something_else',
      text: 'help',
      urgent: false,
      contactId: null,
      attach: true,
    });
  });

  test('"I need help now" needs nothing written', () => {
    expect(reportOf(openFlow({ inFront: null }), true)).toMatchObject({ urgent: true, text: '' });
    expect(isEmpty(openFlow({ inFront }))).toBe(true);
    expect(isEmpty(flowAfter({ kind: 'about', about: 'something_i_saw' }))).toBe(false);
  });
});
