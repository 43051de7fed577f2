import { describe, expect, test } from 'vitest';
import { type Observation, type Report, reportSchema, type ScreenshotPlan, type Session } from '#contract';
import { createNotice, type NoticeDeps } from '../../../src/main/notice/index.ts';
import type { ScreenPicture } from '../../../src/main/ports/index.ts';
import { aWindow, createFakeLog, createFakePages, createFakeRandom, PICTURE } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

const SESSION: Session = {
  user: 'ama.mensah',
  displayName: null,
  account: 'individual',
  accountType: 'domain',
  machine: 'ROOM4-07',
  onSchoolNetwork: null,
  timeZone: 'Europe/London',
};
const POLICY = {
  audience: 'KS2',
  school: { name: 'Larkfield Primary', timeZone: 'Europe/London' },
  contacts: [{ id: 'c1', name: 'Mrs Okafor', role: 'Head of Year 5' }],
  helplines: [],
  texts: { notice: [], report: [] },
} as const;
const SEEN = {
  observation: {
    at: 5,
    app: { name: 'Chat', path: null, processId: 1 },
    title: 'Unkind words',
    url: null,
    urlSource: 'none',
    private: false,
    excluded: null,
    session: SESSION,
  } satisfies Observation,
  window: aWindow({ windowId: 12 }),
};
const WORDS = {
  about: 'something_i_saw',
  text: 'It was unkind',
  urgent: false,
  contactId: 'c1',
  attach: true,
} as const;

function started(over: Partial<NoticeDeps> = {}) {
  const timers = createFakeTimers();
  const pages = createFakePages();
  const reports: Report[] = [];
  const pictures: [string, ScreenPicture][] = [];
  const notice = createNotice({
    pages,
    policy: () => ({
      ...POLICY,
      contacts: [...POLICY.contacts],
      helplines: [],
      texts: { notice: [], report: [] },
    }),
    monitoring: () => 'watching',
    lastInFront: () => SEEN,
    session: () => SESSION,
    planPicture: (): ScreenshotPlan => ({ state: 'awaited' }),
    takePicture: async () => PICTURE,
    outbox: {
      append: async (report) => reports.push(report),
      settlePicture: async (id, picture) => pictures.push([id, picture]),
    },
    timers,
    random: createFakeRandom(),
    log: createFakeLog(),
    ...over,
  });
  const serving = notice.start();
  const page = { close: () => undefined };
  const handlers = () => {
    const served = pages.handlers();
    if (served === null) throw new Error('nothing is served');
    return served;
  };
  return { timers, pages, reports, pictures, notice, serving, page, handlers };
}

describe("the school's own words", () => {
  const texts = {
    notice: [
      { audiences: ['staff', 'KS2'] as ('staff' | 'KS2')[], words: 'For us.\n\n  \nAll of us.' },
      { words: 'For everybody.' },
    ],
    report: [{ audiences: ['KS4'] as 'KS4'[], words: 'For others.' }],
  };

  test('are those of the first entry for the audience, a paragraph a line, and none where no entry is', async () => {
    const { handlers, page } = started({
      policy: () => ({ ...POLICY, contacts: [], helplines: [], texts }),
    });
    expect((await handlers()['notice.open'](undefined, page)).ownWords).toEqual(['For us.', 'All of us.']);
    expect((await handlers()['report.open'](undefined, page)).ownWords).toEqual([]);
  });

  test('are none before there is a policy', async () => {
    const { handlers, page } = started({ policy: () => null });
    expect((await handlers()['notice.open'](undefined, page)).ownWords).toEqual([]);
  });
});

describe('a report', () => {
  test('is written with what was in front, and its picture follows', async () => {
    const { notice, handlers, page, reports, pictures, pages } = started();
    await notice.openReport();
    expect(pages.opened).toEqual(['report']);
    expect(await handlers()['report.open'](undefined, page)).toEqual({
      audience: 'KS2',
      schoolName: 'Larkfield Primary',
      contacts: POLICY.contacts,
      helplines: [],
      ownWords: [],
      inFront: { app: 'Chat', title: 'Unkind words' },
    });
    expect(await handlers()['report.send'](WORDS, page)).toEqual({ state: 'saved' });
    expect(reportSchema.parse(reports[0])).toEqual(reports[0]);
    expect(reports[0]).toMatchObject({
      contactId: 'c1',
      attached: { app: 'Chat', title: 'Unkind words' },
      screenshot: { state: 'awaited' },
    });
    expect(pictures).toEqual([[reports[0]?.id, PICTURE]]);
  });

  test('a second press while the window is open changes nothing of what is sent', async () => {
    let seen = SEEN;
    const { notice, handlers, page, reports, pages } = started({ lastInFront: () => seen });
    await notice.openReport();
    seen = { ...SEEN, observation: { ...SEEN.observation, title: 'A private chat' } };
    await notice.openReport();
    expect(pages.opened).toEqual(['report', 'report']);
    await handlers()['report.send'](WORDS, page);
    expect(reports[0]).toMatchObject({ attached: { title: 'Unkind words' } });
    pages.close('report');
    await notice.openReport();
    await handlers()['report.send'](WORDS, page);
    expect(reports[1]).toMatchObject({ attached: { title: 'A private chat' } });
  });

  test('what was in front is forgotten with the report window, and not with another', async () => {
    const { notice, handlers, page, pages } = started();
    await notice.openReport();
    notice.openNotice();
    pages.close('notice');
    expect((await handlers()['report.open'](undefined, page)).inFront).not.toBeNull();
    pages.close('report');
    expect((await handlers()['report.open'](undefined, page)).inFront).toBeNull();
  });

  test('leaves out what the pupil does not attach', async () => {
    const { notice, handlers, page, reports, pictures } = started();
    await notice.openReport();
    await handlers()['report.send']({ ...WORDS, attach: false }, page);
    expect(reports[0]).toMatchObject({ attached: null, screenshot: null });
    expect(pictures).toEqual([]);
  });

  test('does not carry a contact who is not in the policy', async () => {
    const { handlers, page, reports } = started();
    await handlers()['report.send']({ ...WORDS, contactId: 'someone' }, page);
    expect(reports[0]?.contactId).toBeNull();
  });

  test.each([
    ['nothing in front', null],
    [
      'an excluded program',
      { ...SEEN, observation: { ...SEEN.observation, title: '', excluded: 'bank' }, window: null },
    ],
  ])('%s: there is nothing to attach', async (_what, inFront) => {
    const { notice, handlers, page, reports } = started({ lastInFront: () => inFront });
    await notice.openReport();
    expect(await handlers()['report.open'](undefined, page)).toMatchObject({ inFront: null });
    await handlers()['report.send'](WORDS, page);
    expect(reports[0]).toMatchObject({ attached: null, screenshot: null });
  });

  test('of a page in a locked category has no picture', async () => {
    const plan: ScreenshotPlan = { state: 'none', reason: 'locked_category' };
    const { notice, handlers, page, reports, pictures } = started({
      planPicture: () => plan,
      takePicture: () => Promise.reject(new Error('must not be asked')),
    });
    await notice.openReport();
    await handlers()['report.send'](WORDS, page);
    expect(reports[0]?.screenshot).toEqual(plan);
    expect(pictures).toEqual([]);
  });

  test('the window opens without waiting long for a slow picture', async () => {
    const { notice, pages, timers } = started({ takePicture: () => new Promise(() => undefined) });
    const opening = notice.openReport();
    await timers.advance(699);
    expect(pages.opened).toEqual([]);
    await timers.advance(1);
    await opening;
    expect(pages.opened).toEqual(['report']);
  });

  test.each<[string, Partial<NoticeDeps>]>([
    ['without a policy', { policy: () => null }],
    ['without a session', { session: () => null }],
    [
      'with an outbox that fails',
      { outbox: { append: () => Promise.reject(new Error()), settlePicture: async () => 0 } },
    ],
  ])('%s says that it failed', async (_what, over) => {
    const { handlers, page } = started(over);
    expect(await handlers()['report.send'](WORDS, page)).toEqual({ state: 'failed' });
  });
});

describe('the windows', () => {
  test('the notice shows the school and the state; close closes', async () => {
    const { notice, handlers, pages } = started({ monitoring: () => 'paused' });
    notice.openNotice();
    expect(pages.opened).toEqual(['notice']);
    let closed = 0;
    const page = {
      close: () => {
        closed += 1;
      },
    };
    expect(await handlers()['notice.open'](undefined, page)).toMatchObject({
      monitoring: 'paused',
      audience: 'KS2',
    });
    await handlers()['window.close'](undefined, page);
    expect(closed).toBe(1);
  });

  test('nothing is served once stopped', async () => {
    const { serving, pages } = started();
    await serving.dispose();
    expect(pages.handlers()).toBeNull();
  });
});
