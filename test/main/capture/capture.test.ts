import { describe, expect, test } from 'vitest';
import {
  type Capture,
  type Category,
  captureSchema,
  type Hit,
  MAX_RECORD_BYTES,
  type Observation,
  type Repeat,
  repeatSchema,
  type Severity,
} from '#contract';
import type { MatchResult } from '#match';
import { type CaptureSettings, createCapture } from '../../../src/main/capture/index.ts';
import type { ForegroundWindow, ScreenPicture } from '../../../src/main/ports/index.ts';
import { aWindow, createFakeLog, createFakeRandom, createFakeScreen, PICTURE } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const SETTINGS: CaptureSettings = {
  policyVersion: 7,
  screenshots: true,
  cooldownMs: 180_000,
  contextEntries: 3,
};

function hit(ruleId: string, severity: Severity = 'high', category: Category = 'drugs'): Hit {
  return { ruleId, packId: 'test', category, severity, field: 'title', start: 0, end: 3, text: 'bad' };
}

/** Titles name the rules that fire: `bad:one+two`. */
function match({ title }: Observation, severities: Readonly<Record<string, Severity>>): MatchResult {
  const ids = title.startsWith('bad:') ? title.slice(4).split('+') : [];
  const hits = ids.map((id) => hit(id, severities[id], id === 'illegal' ? 'illegal_csam' : 'drugs'));
  return { hits, search: null, category: null, severity: null, disposition: null, reason: null };
}

function stage(
  over: Partial<CaptureSettings> = {},
  take?: (window: ForegroundWindow) => Promise<ScreenPicture>,
  severities: Readonly<Record<string, Severity>> = { grave: 'critical', slight: 'low', illegal: 'critical' },
) {
  const timers = createFakeTimers();
  const records: (Capture | Repeat)[] = [];
  const pictures: [string, ScreenPicture][] = [];
  const steps: string[] = [];
  const sites = { known: true };
  const screen = createFakeScreen(take);
  const health: string[] = [];
  const log = createFakeLog();
  const capture = createCapture(
    {
      match: (observation) => match(observation, severities),
      knowSites: () => sites.known,
      outbox: {
        async append(record) {
          steps.push(record.kind);
          records.push(record);
        },
        async settlePicture(id, picture) {
          steps.push('picture');
          pictures.push([id, picture]);
        },
      },
      screen,
      timers,
      random: createFakeRandom(),
      health: { report: (_part, { code }) => health.push(code) },
      log,
    },
    { settings: { ...SETTINGS, ...over } },
  );
  function see(title: string, window: ForegroundWindow | null = aWindow(), extra: Partial<Observation> = {}) {
    const observation: Observation = {
      at: timers.now(),
      app: { name: 'Writer', path: null, processId: 41 },
      title,
      url: null,
      urlSource: 'none',
      private: false,
      excluded: null,
      session: {
        user: 'ama.mensah',
        displayName: null,
        account: 'individual',
        accountType: 'domain',
        machine: 'ROOM4-07',
        onSchoolNetwork: null,
        timeZone: 'Europe/London',
      },
      ...extra,
    };
    return capture.see({ observation, window });
  }
  const captures = () => records.filter((record) => record.kind === 'capture');
  const repeats = () => records.filter((record) => record.kind === 'repeat');
  return { timers, capture, see, records, captures, repeats, pictures, steps, screen, health, log, sites };
}

describe('what becomes a capture', () => {
  test('nothing where nothing hits', async () => {
    const { see, records } = stage();
    await see('good');
    expect(records).toEqual([]);
  });

  test('a hit is written with what came before, worst hit first, and then its picture', async () => {
    const { see, captures, pictures, steps, timers } = stage();
    for (const title of ['first', 'second', 'third', 'fourth']) {
      await see(title);
      await timers.advance(1_000);
    }
    await see('bad:slight+one');
    const [capture] = captures();
    expect(captureSchema.parse(capture)).toEqual(capture);
    expect(capture?.hits.map(({ ruleId }) => ruleId)).toEqual(['one', 'slight']);
    expect(capture?.context.map(({ title }) => title)).toEqual(['second', 'third', 'fourth']);
    expect(capture).toMatchObject({ policyVersion: 7, screenshot: { state: 'awaited' } });
    expect(steps).toEqual(['capture', 'picture']);
    expect(pictures).toEqual([[capture?.id, PICTURE]]);
  });

  test('the text is on disk before the picture is asked for', async () => {
    let written = false;
    const { see, captures } = stage({}, async () => {
      written = captures().length === 1;
      return PICTURE;
    });
    await see('bad:one');
    expect(written).toBe(true);
  });

  test('much context of long, odd titles and addresses makes no capture that is too large to be sent', async () => {
    const { see, captures } = stage({ contextEntries: 20 });
    const url = `https://kites.example/${'k'.repeat(3_900)}`;
    for (let count = 10; count < 30; count++) await see(`${count}${'\u0001'.repeat(1_998)}`, null, { url });
    await see('bad:one');
    const [capture] = captures();
    expect(new TextEncoder().encode(JSON.stringify(capture)).length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(capture?.context.length).toBeGreaterThan(10);
    expect(capture?.context.at(-1)?.title).toMatch(/^29/);
  });

  test('what was in front long ago is no context', async () => {
    const { see, captures, timers } = stage();
    await see('long ago');
    await timers.advance(1_800_001);
    await see('bad:one');
    expect(captures()[0]?.context).toEqual([]);
  });

  test('excluded sights leave no trace in the context', async () => {
    const { see, captures } = stage();
    await see('', null, { excluded: 'bank' });
    await see('bad:one');
    expect(captures()[0]?.context).toEqual([]);
  });

  test('an outbox that fails is logged, and the next capture is tried', async () => {
    const { capture, log } = stage();
    const broken = createCapture(
      {
        match: () => match({ title: 'bad:one' } as Observation, {}),
        knowSites: () => true,
        outbox: {
          append: () => Promise.reject(new Error('secret words')),
          settlePicture: async () => undefined,
        },
        screen: createFakeScreen(),
        timers: createFakeTimers(),
        random: createFakeRandom(),
        health: { report: () => undefined },
        log,
      },
      { settings: SETTINGS },
    );
    const observation = { title: 'bad:one', session: { user: 'x' } } as Observation;
    await expect(broken.see({ observation, window: null })).resolves.toBeUndefined();
    expect(log.entries.at(-1)).toMatchObject({ level: 'error' });
    expect(capture).toBeDefined();
  });
});

describe('pictures', () => {
  test.each([
    ['a locked category', {}, 'bad:illegal', aWindow(), {}, 'locked_category'],
    ['a locked category beside others', {}, 'bad:one+illegal', aWindow(), {}, 'locked_category'],
    ['a policy without pictures', { screenshots: false }, 'bad:one', aWindow(), {}, 'policy'],
    ['a private window', {}, 'bad:one', null, { private: true }, 'private_window'],
  ] as const)(
    '%s has none, and the system is not asked',
    async (_what, over, title, window, extra, reason) => {
      const { see, captures, screen } = stage(over);
      await see(title, window, extra);
      expect(captures()[0]?.screenshot).toEqual({ state: 'none', reason });
      expect(screen.taken).toEqual([]);
    },
  );

  test('nothing has one until the rules know the sites that must never be pictured', async () => {
    const { see, captures, screen, sites } = stage();
    sites.known = false;
    await see('bad:one');
    sites.known = true;
    await see('bad:grave');
    expect(captures().map(({ screenshot }) => screenshot)).toEqual([
      { state: 'none', reason: 'lists_not_ready' },
      { state: 'awaited' },
    ]);
    expect(screen.taken).toHaveLength(1);
  });

  test('a window that vanished is said to be gone', async () => {
    const gone: ScreenPicture = { kind: 'none', reason: 'window_gone' };
    const { see, pictures } = stage({}, async () => gone);
    await see('bad:one');
    expect(pictures[0]?.[1]).toEqual(gone);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('x'))],
    ['never answers', () => new Promise<ScreenPicture>(() => undefined)],
  ])('a system that %s is a picture that failed', async (_what, take) => {
    const { see, pictures, health, timers } = stage({}, take);
    const seen = see('bad:one');
    await timers.advance(10_000);
    await seen;
    expect(pictures[0]?.[1]).toEqual({ kind: 'none', reason: 'failed' });
    expect(health).toEqual(['screen_failed']);
    expect(timers.pending()).toBe(0);
  });
});

describe('repeats', () => {
  test('the same rule within the cooldown counts up on its capture', async () => {
    const { see, captures, repeats, timers } = stage();
    await see('bad:one');
    await timers.advance(60_000);
    await see('bad:one');
    await see('bad:one');
    expect(captures()).toHaveLength(1);
    expect(repeats().map((repeat) => repeatSchema.parse(repeat).occurrences)).toEqual([2, 3]);
    expect(repeats()[1]).toMatchObject({ captureId: captures()[0]?.id, lastAt: timers.now() });
  });

  test('after the cooldown it is a capture again, however often it repeated', async () => {
    const { see, captures, timers } = stage();
    for (let minute = 0; minute <= 3; minute += 1) {
      await see('bad:one');
      await timers.advance(60_000);
    }
    expect(captures()).toHaveLength(2);
  });

  test('another rule beside it is new; one of several is a repeat', async () => {
    const { see, captures, repeats } = stage();
    await see('bad:one+two');
    await see('bad:one');
    await see('bad:one+three');
    expect(captures()).toHaveLength(2);
    expect(repeats()).toHaveLength(1);
  });

  test('critical never waits', async () => {
    const { see, captures, repeats } = stage();
    await see('bad:grave');
    await see('bad:grave');
    await see('bad:one+grave');
    expect(captures()).toHaveLength(3);
    expect(repeats()).toHaveLength(0);
  });

  test('another person on the same device is new', async () => {
    const { see, captures } = stage();
    await see('bad:one');
    await see('bad:one', aWindow(), {
      session: { ...captures()[0]?.observation.session, user: 'someone.else' } as Observation['session'],
    });
    expect(captures()).toHaveLength(2);
  });

  test('a wall clock that jumps changes nothing', async () => {
    const { see, captures, repeats, timers } = stage();
    await see('bad:one');
    timers.jumpWallClock(86_400_000);
    await see('bad:one');
    timers.jumpWallClock(-172_800_000);
    await see('bad:one');
    expect([captures().length, repeats().length]).toEqual([1, 2]);
  });
});
