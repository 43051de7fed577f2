import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../../../src/main/platform/node/index.ts';
import { createFakeTimers } from '../../../fakes/timers.ts';

describe('the log', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lapwing-log-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is one JSON object a line', async () => {
    const path = join(folder, 'logs/agent.log');
    const echoed: string[] = [];
    const log = createLog(createFakeTimers(), { path, echo: (line) => echoed.push(line) });
    log.info({ records: 3 }, 'sent');
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      time: '2026-01-05T09:00:00.000Z',
      level: 'info',
      message: 'sent',
      records: 3,
    });
    expect(echoed).toHaveLength(1);
  });

  test('hides what must not be there, also inside', () => {
    const lines: string[] = [];
    const log = createLog(createFakeTimers(), { path: null, echo: (line) => lines.push(line) });
    log.error(
      { title: 'secret-1', window: { url: 'secret-2' }, failure: new Error('secret-3'), token: 'secret-4' },
      'failed',
    );
    expect(lines.join()).not.toContain('secret');
    expect(lines[0]).toContain('"kind":"Error"');
  });

  test('one entry is one line, whatever is in it', () => {
    const lines: string[] = [];
    const log = createLog(createFakeTimers(), { path: null, echo: (line) => lines.push(line) });
    log.warn({ code: `a\n\u001b[2J\u009b\u202e\u2028\ud800${'x'.repeat(10_000)}` }, 'odd');
    expect(lines[0]).toMatch(/^[\x20-\x7e\ufffd]+\n$/);
    expect(lines[0]?.length).toBeLessThan(600);
  });

  test('is bounded', async () => {
    const log = createLog(createFakeTimers(), { path: join(folder, 'agent.log'), echo: null });
    for (let index = 0; index < 20_000; index += 1) log.info({ code: 'x'.repeat(300) }, 'again');
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (name) => (await readFile(join(folder, name))).byteLength),
    );
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(2_001_000);
  });

  test('a disk that refuses it is no reason to stop', () => {
    const log = createLog(createFakeTimers(), { path: folder, echo: null });
    expect(() => log.info({}, 'x')).not.toThrow();
  });
});
