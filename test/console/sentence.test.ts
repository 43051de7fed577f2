import { describe, expect, test } from 'vitest';
import { searchableText, sentenceOf } from '../../src/console/words/index.ts';
import { fakeCapture, fakeHit, fakeReport, fakeSession } from '../fakes/consoleData.ts';

const at = Date.UTC(2026, 10, 3, 14);
const marked = ({ text, spans }: ReturnType<typeof sentenceOf>) =>
  spans.map(({ start, end }) => text.slice(start, end));

describe('the sentence of an item', () => {
  test('search words say more than the title', () => {
    const sentence = sentenceOf(
      fakeCapture({
        at,
        title: 'x - Search',
        search: 'buy vapes no id',
        words: 'vapes no id',
        field: 'search',
      }),
    );
    expect(sentence).toMatchObject({ text: 'buy vapes no id', lead: 'Searched for', field: 'search' });
    expect(marked(sentence)).toEqual(['vapes no id']);
  });

  test('otherwise the title, with its own spans only', () => {
    const item = fakeCapture({
      at,
      title: 'free slots today',
      words: 'slots',
      url: 'https://slots.example.com/',
    });
    if (item.kind === 'capture')
      item.capture.hits.push(fakeHit('url', 'https://slots.example.com/', 'slots'));
    const sentence = sentenceOf(item);
    expect(sentence.field).toBe('title');
    expect(marked(sentence)).toEqual(['slots']);
  });

  test('an address when only it was hit', () => {
    const url = 'https://slots.example.com/';
    expect(sentenceOf(fakeCapture({ at, title: 'Welcome', url, words: 'slots', field: 'url' })).text).toBe(
      url,
    );
  });

  test('a report is the pupil’s own words on one line, or that there are none', () => {
    expect(sentenceOf(fakeReport(at, { text: ' one\n\ntwo ' })).text).toBe('one two');
    expect(sentenceOf(fakeReport(at, { text: '  ' })).text).toBe('They didn’t write anything');
  });
});

test('search looks at who, where, what and how bad', () => {
  const text = searchableText(
    fakeCapture({
      at,
      title: 'Free slots',
      words: 'slots',
      severity: 'low',
      category: 'gambling',
      session: fakeSession({ displayName: 'Rafi Amin', machine: 'LIB-PC-02' }),
    }),
  );
  for (const word of ['rafi amin', 'lib-pc-02', 'gambling', 'low', 'free slots', 'chrome'])
    expect(text).toContain(word);
});
