import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHelperAnswer, runProgram } from '../../../../src/main/platform/darwin/helper.ts';
import { readDarwinSessionFacts } from '../../../../src/main/platform/darwin/index.ts';

describe('running a helper', () => {
  const node = (script: string, timeoutMs = 60_000) =>
    runProgram(process.execPath, ['-e', script], timeoutMs);

  test('its output and exit code come back', async () => {
    expect(await node('console.log("null")')).toEqual({ kind: 'ended', exitCode: 0, output: 'null\n' });
    expect(await node('console.log("why"); process.exitCode = 1')).toEqual({
      kind: 'ended',
      exitCode: 1,
      output: 'why\n',
    });
  });

  test('one that is missing, may not start, hangs, crashes or prints without end is told apart', async () => {
    expect(await runProgram('/nowhere/helper', [], 1_000)).toEqual({ kind: 'missing' });
    expect(await runProgram('/etc/passwd', [], 1_000)).toEqual({ kind: 'missing' });
    expect(await node('setInterval(() => {}, 1000)', 300)).toEqual({ kind: 'timed_out' });
    expect(await node('process.kill(process.pid, "SIGSEGV")')).toEqual({
      kind: 'crashed',
      signal: 'SIGSEGV',
    });
    expect(await node('process.stdout.write("x".repeat(1_500_000))')).toMatchObject({ kind: 'crashed' });
  });

  test('whatever a helper prints is understood or called garbled, never thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 0, max: 255 }), (output, exitCode) => {
        expect(['window', 'nothing', 'permission_missing', 'failed']).toContain(
          readHelperAnswer({ kind: 'ended', exitCode, output }).kind,
        );
      }),
    );
  });
});

describe('session facts on macOS', () => {
  const answers = (byProgram: Record<string, string>) => (path: string) =>
    Promise.resolve(
      path in byProgram
        ? ({ kind: 'ended', exitCode: 0, output: byProgram[path] ?? '' } as const)
        : ({ kind: 'ended', exitCode: 56, output: '' } as const),
    );
  const LOCAL = 'AuthenticationAuthority: ;ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2> ;SecureToken;\n';
  const IOREG =
    '+-o Mac14,2\n    {\n      "IOPlatformUUID" = "12345678-ABCD-EF01-2345-6789ABCDEF01"\n    }\n';

  test('a local account', async () => {
    const run = answers({ '/usr/bin/id': 'Amira Test\n', '/usr/bin/dscl': LOCAL, '/usr/sbin/ioreg': IOREG });
    const facts = await readDarwinSessionFacts(run);
    expect(facts).toMatchObject({ displayName: 'Amira Test', accountType: 'local' });
    expect(facts.hardwareId).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    [
      'a mobile account of a directory',
      { '/usr/bin/dscl': `${LOCAL.trim()} ;LocalCachedUser;/Active Directory/SCHOOL;\n` },
      'domain',
    ],
    ['an account that only a directory knows', {}, 'domain'],
  ])('%s', async (_what, byProgram, accountType) => {
    expect(await readDarwinSessionFacts(answers(byProgram))).toMatchObject({
      accountType,
      displayName: null,
    });
  });

  test('with nothing to ask, still facts', async () => {
    const facts = await readDarwinSessionFacts(() => Promise.resolve({ kind: 'missing' }));
    expect(facts).toMatchObject({ accountType: 'unknown', displayName: null });
    expect(facts.hardwareId).toMatch(/^[0-9a-f]{64}$/);
  });
});
