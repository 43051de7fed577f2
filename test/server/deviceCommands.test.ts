import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONSOLE_PATHS } from '#contract';
import { type CommandLine, createCommandLine } from '../fakes/server/commandLine.ts';
import { createFakeSchool, FAKE_MASTER_KEY, type FakeSchool } from '../fakes/server/school.ts';

let line: CommandLine;
let school: FakeSchool;
beforeEach(async () => {
  line = await createCommandLine();
  school = await createFakeSchool({ folder: line.data });
  const key = Buffer.from(FAKE_MASTER_KEY).toString('base64url');
  await writeFile(join(line.data, 'master.key'), key, { mode: 0o600 });
});
afterEach(async () => {
  await school.dispose();
  await line.dispose();
});

test('a device is revoked once, and the reason stands wherever devices are listed', async () => {
  const agent = await school.agent({ machine: 'LIBRARY-07' });
  const other = await school.agent({ machine: 'LIBRARY-08' });
  const done = await line.on('revoke', agent.deviceId, '--reason', 'sold\nto a museum');
  expect(done).toMatchObject({ code: 0, error: '' });
  expect((await line.on('revoke', agent.deviceId)).error).toMatch(/not revoked already/);
  expect((await agent.heartbeat()).json().error.code).toBe('device_revoked');
  expect((await line.on('devices')).out.split('\n')).toEqual([
    expect.stringMatching(/LIBRARY-07 .* revoked: sold\?to a museum$/),
    expect.stringMatching(/LIBRARY-08 .* lacking 0 records$/),
  ]);
  const contractor = await school.person('contractor');
  const { devices } = (await contractor.request({ method: 'GET', url: CONSOLE_PATHS.devices })).json();
  expect(devices).toMatchObject([
    { id: agent.deviceId, revokedReason: 'sold\nto a museum' },
    { id: other.deviceId, revokedReason: null },
  ]);
});
