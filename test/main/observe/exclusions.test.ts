import { describe, expect, test } from 'vitest';
import { compileExclusions } from '../../../src/main/observe/exclusions.ts';
import { aWindow } from '../../fakes/ports.ts';

function sight(over: { url?: string; appName?: string; appPath?: string | null }) {
  const { url = null, appName = 'chromium', appPath = null } = over;
  const urlSource = url === null ? ('none' as const) : ('extension' as const);
  return {
    window: aWindow({ appName, appPath }),
    browser: 'chromium',
    title: '',
    url,
    urlSource,
    private: false,
  };
}

describe('what is always left out', () => {
  const because = compileExclusions([]);

  test.each([
    ['https://keepersomething.com/', null],
    ['https://keeper.example/', null],
    ['https://bitwarden/', null],
    ['https://1password.example/', null],
    ['https://vault.bitwarden.com/#/vault', 'password_manager'],
    ['https://accounts.google.com/v3', 'sign_in'],
    ['https://login.live.com/', 'sign_in'],
    ['https://xlogin.live.com/', null],
  ])('the page %s: %s', (url, reason) => expect(because(sight({ url }))).toBe(reason));

  test.each([
    ['KeePassXC', null, 'password_manager'],
    ['Keeper Password Manager', null, 'password_manager'],
    ['something', 'C:\\Program Files\\KeePass\\KeePass.exe', 'password_manager'],
    ['Zookeeper', null, null],
    ['Keeper of the Lost Cities', null, null],
    ['accounts.google.com', null, null],
  ])('the program %s (%s): %s', (appName, appPath, reason) =>
    expect(because(sight({ appName, appPath }))).toBe(reason),
  );
});

describe("a policy's patterns", () => {
  test.each([
    ['a program is no host', 'diary*', { url: 'https://diary.example/' }, null],
    ['a host is no program', 'my.diary', { appName: 'my.diary' }, null],
    ['a program by its file', 'Diary.exe', { appName: 'Dear Diary', appPath: 'C:\\x\\diary.EXE' }, 'policy'],
    ['a program with a dot in its name', 'org.school.diary.app', { appName: 'org.school.Diary' }, 'policy'],
    ['a host', 'Bank.example', { url: 'https://bank.example/' }, 'policy'],
    ['its subdomains', 'bank.example', { url: 'https://a.b.bank.example/' }, 'policy'],
    ['not what ends alike', 'bank.example', { url: 'https://riverbank.example/' }, null],
    ['not what begins alike', 'bank.example', { url: 'https://bank.example.evil.invalid/' }, null],
    ['the school counts first', 'accounts.google.com', { url: 'https://accounts.google.com/' }, 'policy'],
  ])('%s: %s', (_what, pattern, over, reason) => {
    expect(compileExclusions([{ pattern, reason: 'policy' }])(sight(over))).toBe(reason);
  });
});
