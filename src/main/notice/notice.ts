import {
  type Audience,
  contextEntry,
  type Observation,
  type Policy,
  type Report,
  type ScreenshotPlan,
  type Session,
} from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { ForegroundWindow, Log, PageHandlers, Pages, Random, ScreenPicture } from '../ports/index.ts';

/** What was in front, and the window it was. */
interface InFront {
  readonly observation: Observation;
  readonly window: ForegroundWindow | null;
}

export interface NoticeDeps {
  readonly pages: Pages;
  /** The policy in force; null before there is one. */
  readonly policy: () => Pick<Policy, 'audience' | 'school' | 'contacts' | 'helplines' | 'texts'> | null;
  readonly monitoring: () => 'watching' | 'paused' | 'problem';
  readonly lastInFront: () => InFront | null;
  readonly session: () => Session | null;
  readonly planPicture: (seen: InFront) => ScreenshotPlan;
  readonly takePicture: (window: ForegroundWindow) => Promise<ScreenPicture>;
  readonly outbox: {
    append(record: Report): Promise<unknown>;
    settlePicture(recordId: string, picture: ScreenPicture): Promise<unknown>;
  };
  readonly timers: Pick<Timers, 'now' | 'after'>;
  readonly random: Pick<Random, 'id'>;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** The pupils' windows: "Report something" and "About monitoring on this computer". */
export interface Notice {
  start(): Disposable;
  openReport(): Promise<void>;
  openNotice(): void;
}

/** What the window shows before the school's policy has arrived. */
const NO_POLICY: { audience: Audience; schoolName: string } = { audience: 'KS3', schoolName: '' };

/** The report window waits no longer than this for the picture of what is behind it. */
const PICTURE_WAIT_MS = 700;

/** What the pupil may attach, as it was when the tray was pressed. */
interface Attachable {
  readonly seen: InFront;
  readonly plan: ScreenshotPlan;
  readonly picture: Promise<ScreenPicture> | null;
}

/** The school's own paragraphs for this audience, or none. */
function ownWords(texts: Policy['texts']['notice'], audience: Audience): string[] {
  const own = texts.find(({ audiences }) => audiences === undefined || audiences.includes(audience));
  return own === undefined ? [] : own.words.split('\n').filter((line) => line.trim() !== '');
}

/** Serves the pupils' pages. A report is on disk before the page hears that it is saved; it needs no network. */
export function createNotice(deps: NoticeDeps): Notice {
  let attachable: Attachable | null = null;
  /** The report window is open or about to be: until it is closed, what the pupil saw it offer is what is sent. */
  let opening: Promise<void> | null = null;

  /** Takes the picture before the report window covers what it shows. */
  function prepare(): Attachable | null {
    const seen = deps.lastInFront();
    if (seen === null || seen.observation.excluded !== null || seen.observation.title === '') return null;
    const plan = deps.planPicture(seen);
    const wanted = plan.state === 'awaited' && seen.window !== null;
    return { seen, plan, picture: wanted ? deps.takePicture(seen.window) : null };
  }

  async function openReport(): Promise<void> {
    opening ??= attach();
    await opening;
    deps.pages.open('report', forget);
  }

  function forget(): void {
    opening = null;
    attachable = null;
  }

  async function attach(): Promise<void> {
    attachable = prepare();
    const picture = attachable?.picture ?? null;
    if (picture !== null) {
      const { promise: waited, resolve } = Promise.withResolvers<void>();
      const deadline = deps.timers.after(PICTURE_WAIT_MS, resolve);
      await Promise.race([picture, waited]);
      void deadline.dispose();
    }
  }

  const send: PageHandlers['report.send'] = async (input) => {
    const session = deps.session();
    const policy = deps.policy();
    if (session === null || policy === null) return { state: 'failed' };
    const attached = input.attach ? attachable : null;
    const report: Report = {
      kind: 'report',
      id: deps.random.id(),
      at: deps.timers.now(),
      session,
      about: input.about,
      text: input.text.toWellFormed(),
      urgent: input.urgent,
      contactId: policy.contacts.some(({ id }) => id === input.contactId) ? input.contactId : null,
      attached: attached === null ? null : contextEntry(attached.seen.observation),
      screenshot: attached?.plan ?? null,
    };
    try {
      await deps.outbox.append(report);
    } catch (failure) {
      deps.log.error({ failure }, 'a report could not be written');
      return { state: 'failed' };
    }
    deps.log.info({ reportId: report.id, urgent: report.urgent }, 'reported');
    // The pupil need not wait for the picture; its failure is a record of its own.
    const picture = attached?.picture ?? null;
    if (picture !== null) {
      void picture
        .then((taken) => deps.outbox.settlePicture(report.id, taken))
        .catch((failure: unknown) =>
          deps.log.error({ failure }, 'the picture of a report could not be written'),
        );
    }
    return { state: 'saved' };
  };

  function words(page: keyof Policy['texts']) {
    const policy = deps.policy();
    return policy === null
      ? { ...NO_POLICY, helplines: [], contacts: [], ownWords: [] }
      : {
          audience: policy.audience,
          schoolName: policy.school.name,
          helplines: policy.helplines,
          contacts: policy.contacts,
          ownWords: ownWords(policy.texts[page], policy.audience),
        };
  }

  return {
    openReport,
    openNotice: () => deps.pages.open('notice'),
    start() {
      const serving = deps.pages.serve({
        'report.open': async () => {
          const seen = attachable?.seen.observation ?? null;
          return {
            ...words('report'),
            inFront: seen === null ? null : { app: seen.app.name, title: seen.title },
          };
        },
        'report.send': send,
        'notice.open': async () => ({ ...words('notice'), monitoring: deps.monitoring() }),
        'window.close': async (_input, page) => page.close(),
      });
      return {
        dispose() {
          forget();
          return serving.dispose();
        },
      };
    },
  };
}
