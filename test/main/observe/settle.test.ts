import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSettle } from '../../../src/main/observe/settle.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

function settling() {
  const timers = createFakeTimers();
  const told: string[] = [];
  const settle = createSettle<{ place: string; title: string }>(timers, ({ title }) => told.push(title));
  return { timers, told, settle, title: (title: string, place = 'p') => settle.offer({ place, title }) };
}

describe('titles that flicker', () => {
  test.each([
    ['an unread counter', '(3) Inbox', '(4) Inbox'],
    ['a counter behind', 'Inbox [12]', 'Inbox [13]'],
    ['a playing time', 'Song 0:31 / 3:12', 'Song 0:32 / 3:12'],
    ['a percentage', 'Download 45 % done', 'Download 46 % done'],
    ['a busy mark', '\u280b Saving', '\u2819 Saving'],
    ['an unsaved mark', '\u25cf notes.txt', 'notes.txt'],
  ])('%s is no news', (_what, one, two) => {
    const { told, title } = settling();
    title(one);
    title(two);
    expect(told).toEqual([one]);
  });

  test('a real new title is told at once', () => {
    const { told, title } = settling();
    title('Chapter 3');
    title('Chapter 4');
    expect(told).toEqual(['Chapter 3', 'Chapter 4']);
  });

  test('a typing indicator is told twice and then left alone for a minute', async () => {
    const { timers, told, title } = settling();
    for (let turn = 0; turn < 12; turn += 1) {
      title(turn % 2 === 0 ? 'Chat with Ana' : 'Ana is typing');
      await timers.advance(3_000);
    }
    expect(told).toEqual(['Chat with Ana', 'Ana is typing', 'Chat with Ana', 'Ana is typing']);
  });

  test('in a storm of titles in one place the one that holds still is told', async () => {
    const { timers, told, title } = settling();
    for (let turn = 0; turn < 100; turn += 1) {
      title(`scroll ${String.fromCharCode(97 + (turn % 26))}${turn}`);
      await timers.advance(100);
    }
    expect(told.length).toBeLessThan(20);
    title('help me');
    await timers.advance(1_000);
    expect(told.at(-1)).toBe('help me');
    expect(timers.pending()).toBe(0);
  });

  test('each of 200 changes of place in a minute is told', async () => {
    const { timers, told, title } = settling();
    for (let turn = 0; turn < 200; turn += 1) {
      title(`Page ${turn}`, `https://site.invalid/${turn}`);
      await timers.advance(300);
    }
    expect(told).toHaveLength(200);
  });

  test('whatever the storm, a new core that stays for a second is told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), fc.integer({ min: 1, max: 900 })),
          {
            maxLength: 60,
          },
        ),
        async (storm) => {
          const { timers, told, title } = settling();
          for (const [name, ms] of storm) {
            title(name);
            await timers.advance(ms);
          }
          title('something quite new');
          await timers.advance(1_000);
          expect(told.at(-1)).toBe('something quite new');
        },
      ),
      { numRuns: 50 },
    );
  });
});
