import { expect, test } from 'vitest';
import type { Capture, DispositionRule, Observation, Repeat } from '#contract';
import { createCompiler, createMatcher, loadCompiled, parsePack } from '#match';
import { createCapture } from '../../../src/main/capture/index.ts';
import { createFakeLog, createFakeRandom, createFakeScreen } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

function pack(id: string, category: string, severity: string, phrase: string) {
  const text = `pack: ${id}\ncategory: ${category}\nlanguage: en\nversion: 1\ndescription: For a test.
rules:\n  - id: only\n    severity: ${severity}\n    phrases: [${phrase}]\n`;
  const parsed = parsePack(text, `${id}.yaml`);
  if (!parsed.ok) throw new Error('the pack of the test is wrong');
  return parsed.value;
}
const ACCEPTABLE: DispositionRule = { category: 'drugs', audience: 'KS3', disposition: 'acceptable' };

/** Real rules: high drugs words that the school finds acceptable, low gambling words that it does not. */
function stage() {
  const compiler = createCompiler();
  compiler.addPack(pack('drugs', 'drugs', 'high', 'wibble'));
  compiler.addPack(pack('bets', 'gambling', 'low', 'flurb'));
  const compiled = loadCompiled(compiler.finish());
  if (!compiled.ok) throw new Error(compiled.error);
  const matcher = createMatcher(compiled.value, { dispositions: [ACCEPTABLE] });
  const records: (Capture | Repeat)[] = [];
  const log = createFakeLog();
  const capture = createCapture(
    {
      knowSites: () => true,
      match: ({ title, url, app }) =>
        matcher.match({ title, url, app: app.name }, { audience: 'KS3', at: 0, ownNames: [] }),
      outbox: { append: async (record) => records.push(record), settlePicture: async () => undefined },
      screen: createFakeScreen(),
      timers: createFakeTimers(),
      random: createFakeRandom(),
      health: { report: () => undefined },
      log,
    },
    { settings: { policyVersion: 1, screenshots: false, cooldownMs: 180_000, contextEntries: 0 } },
  );
  const see = (title: string) => {
    const observation = { title, url: null, app: { name: 'Writer' }, session: { user: 'x' } } as Observation;
    return capture.see({ observation, window: null });
  };
  return { see, records, log };
}

test('acceptable hits alone are no capture', async () => {
  const { see, records } = stage();
  await see('wibble');
  expect(records).toEqual([]);
});

test('an acceptable hit beside an unacceptable one drives neither severity nor category nor cooldown', async () => {
  const { see, records, log } = stage();
  await see('wibble flurb');
  expect(records).toMatchObject([{ kind: 'capture', hits: [{ packId: 'bets', severity: 'low' }] }]);
  expect(records[0]).toHaveProperty('hits.length', 1);
  expect(log.entries.at(-1)?.fields).toMatchObject({ category: 'gambling', severity: 'low' });
  await see('flurb');
  expect(records[1]).toMatchObject({ kind: 'repeat', captureId: records[0]?.id, occurrences: 2 });
});
