import { expect, test } from 'vitest';
import { compileExclusions } from '../../../src/main/observe/exclusions.ts';
import { firstPolicy } from '../../../src/server/policy/index.ts';
import { aWindow } from '../../fakes/ports.ts';

const { excluded } = firstPolicy({ name: 'Brook Primary', timeZone: 'Europe/London' }).capture;
const because = compileExclusions(excluded);

function ofPage(url: string): string | null {
  const window = aWindow({ appName: 'chromium' });
  return because({ window, browser: 'chromium', title: '', url, urlSource: 'extension', private: false });
}

test.each([
  ['https://www.onlinebanking.natwest.com/', 'banking'],
  ['https://monzo.com/', 'banking'],
  ['https://www.nhsapp.service.nhs.uk/patient', 'health portal'],
  ['https://accounts.google.com/', 'sign_in'],
  // Health advice, where a pupil may look for help, is no portal; mail is a choice of the school.
  ['https://www.nhs.uk/mental-health/', null],
  ['https://mail.yahoo.com/', null],
  ['https://www.childline.org.uk/', null],
])('%s is left out because of %s', (url, reason) => expect(ofPage(url)).toBe(reason));

test('no pattern stands in it twice, and none that agents leave out by themselves', () => {
  const patterns = excluded.map(({ pattern }) => pattern);
  expect(new Set(patterns).size).toBe(patterns.length);
  expect(new Set(excluded.map(({ reason }) => reason))).toEqual(new Set(['banking', 'health portal']));
});
