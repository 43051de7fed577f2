import { describe, expect, test } from 'vitest';
import { type RunProgram, readManagedToken } from '../../../../src/main/platform/node/managedToken.ts';

const TOKEN = 'lapwing1.eyJ2ZXJzaW9uIjoxfQ.AbCd_-12';

/** A system that prints this, and what was run on it. */
function system(printed: string | null): { readonly run: RunProgram; readonly ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    async run(program, args) {
      ran.push([program, ...args].join(' '));
      return printed;
    },
  };
}

describe('the managed setting', () => {
  test.each([
    ['a profile sets it', `${TOKEN}\n`, TOKEN],
    ['it is empty', '\n', null],
    // plutil says why on standard error, or on standard output in older versions, and fails.
    ['there is no profile, or none with it', null, null],
  ])('on macOS, where %s', async (_what, printed, expected) => {
    const mac = system(printed);
    expect(await readManagedToken('darwin', mac.run)).toBe(expected);
    expect(mac.ran).toEqual([
      '/usr/bin/plutil -extract EnrolmentToken raw -expect string -o - /Library/Managed Preferences/org.lapwing.agent.plist',
    ]);
  });

  test.each([
    [
      'Group Policy sets it',
      `\r\nHKEY_LOCAL_MACHINE\\Software\\Policies\\Lapwing\r\n    EnrolmentToken    REG_SZ    ${TOKEN}\r\n\r\n`,
      TOKEN,
    ],
    [
      'it is of another kind',
      '\r\nHKEY_LOCAL_MACHINE\\Software\\Policies\\Lapwing\r\n    EnrolmentToken    REG_DWORD    0x1\r\n',
      null,
    ],
    ['there is no such key', null, null],
  ])('on Windows, where %s', async (_what, printed, expected) => {
    const windows = system(printed);
    expect(await readManagedToken('win32', windows.run, '/windows')).toBe(expected);
    expect(windows.ran).toEqual([
      '/windows/System32/reg.exe query HKLM\\Software\\Policies\\Lapwing /v EnrolmentToken',
    ]);
  });

  test('elsewhere is none, and nothing is run', async () => {
    const linux = system(TOKEN);
    expect(await readManagedToken('linux', linux.run)).toBeNull();
    expect(linux.ran).toEqual([]);
  });
});
