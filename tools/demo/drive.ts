import { randomBytes } from 'node:crypto';
import type { QueueItem } from '#contract';
import { say } from '../bootstrap/say.mjs';
import { withTrayOf } from '../tray/index.ts';
import { arrival, type ConsoleClient } from './consoleClient.ts';
import { createDesktop, type Desktop, type TitledWindow } from './desktop.ts';
import { type Colour, decodePicture, shareOf } from './picture.ts';
import { type FlaggedTitle, freshTitle } from './titles.ts';

/** How long each thing may take from the title to the console. */
/** Far above what anything takes: a busy machine makes the demo slow, never red. */
const ARRIVAL_DEADLINE_MS = 120_000;
/** A window in front is mostly its background. */
const LEAST_SHARE = 0.5;
/** What a window manager may add around a window, in pixels. */
const FRAME = 80;

type CaptureItem = Extract<QueueItem, { kind: 'capture' }>;
type ReportItem = Extract<QueueItem, { kind: 'report' }>;

export interface DemoCapture {
  readonly title: string;
  readonly ruleId: string;
  readonly category: string;
  readonly severity: string;
  readonly screenshot:
    | { readonly width: number; readonly height: number; readonly bytes: number }
    | { readonly none: string };
  readonly titleToOutboxMs: number;
  readonly titleToServerMs: number;
}

export interface DemoResult {
  readonly captures: readonly DemoCapture[];
  readonly report: {
    readonly about: string;
    readonly text: string;
    readonly attachedTitle: string | null;
    readonly sentToServerMs: number;
  } | null;
  /** What was not as it should be; empty when `ok`. */
  readonly problems: readonly string[];
  readonly ok: boolean;
}

/** Where the school to drive is. */
export interface DemoPlace {
  readonly client: ConsoleClient;
  readonly agentProcessId: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Drives a school once: a native window, a browser window, a report; checks what the console shows of them. */
export async function driveOnce(place: DemoPlace): Promise<DemoResult> {
  const desktop = createDesktop(place.environment);
  const mark = `demo ${randomBytes(4).toString('hex')}`;
  const problems: string[] = [];
  const captures: DemoCapture[] = [];
  let report: DemoResult['report'] = null;
  try {
    await agentWatches(place);
    const native = await desktop.openNative();
    try {
      captures.push(
        await flagged(
          place.client,
          native,
          await freshTitle('native', place.client.items),
          `${mark} a`,
          problems,
        ),
      );
    } finally {
      await native.dispose();
    }
    const browser = await desktop.openBrowser();
    try {
      captures.push(
        await flagged(
          place.client,
          browser,
          await freshTitle('page', place.client.items),
          `${mark} b`,
          problems,
        ),
      );
      report = await sendReport(place, desktop, `Someone is being unkind in chat, ${mark} c`, problems);
    } finally {
      await browser.dispose();
    }
    const all = (await place.client.items()).filter((item) => textOf(item).includes(mark));
    if (all.length !== 3) problems.push(`the console shows ${all.length} items of this run instead of 3`);
  } catch (failure) {
    problems.push(failure instanceof Error ? failure.message : String(failure));
  }
  return { captures, report, problems, ok: problems.length === 0 };
}

/** Gives the window a flagged title and waits for its capture, then looks at the screenshot. */
async function flagged(
  client: ConsoleClient,
  window: TitledWindow,
  { words, category }: FlaggedTitle,
  mark: string,
  problems: string[],
): Promise<DemoCapture> {
  const title = `${words} - ${mark}`;
  say(`  title: ${title}`);
  const changedAt = await window.retitle(title);
  const isIt = (item: QueueItem): item is CaptureItem =>
    item.kind === 'capture' && item.capture.observation.title.includes(title);
  const item = await arrival(client, `the capture of "${title}"`, ARRIVAL_DEADLINE_MS, async () => {
    const found = (await client.items()).find(isIt);
    if (found === undefined) return null;
    // The picture travels after its text.
    const { screenshot } = await client.item(found.id);
    return screenshot === 'awaited' ? null : found;
  });
  if (item.category !== category) problems.push(`"${title}" came as ${item.category} instead of ${category}`);
  return {
    title,
    ruleId: item.capture.hits[0]?.ruleId ?? '',
    category: item.category,
    severity: item.severity,
    screenshot: await checkedScreenshot(client, item, window, problems),
    titleToOutboxMs: item.createdAt - changedAt,
    titleToServerMs: item.receivedAt - changedAt,
  };
}

async function checkedScreenshot(
  client: ConsoleClient,
  item: CaptureItem,
  window: TitledWindow,
  problems: string[],
): Promise<DemoCapture['screenshot']> {
  const told = item.capture.screenshot;
  if (told.state === 'none') {
    problems.push(`"${item.capture.observation.title}" has no screenshot: ${told.reason}`);
    return { none: told.reason };
  }
  const file = await client.screenshot(item.id);
  const picture = decodePicture(file);
  const wrong = wrongness(picture, window.size, window.colour);
  if (wrong !== null) problems.push(`the screenshot of "${item.capture.observation.title}" ${wrong}`);
  return { width: picture.width, height: picture.height, bytes: file.bytes.length };
}

/** What shows that a picture is not of this window, or null. */
function wrongness(
  picture: ReturnType<typeof decodePicture>,
  size: TitledWindow['size'],
  colour: Colour,
): string | null {
  const fits = (got: number, want: number) => got >= want && got <= want + FRAME;
  if (!fits(picture.width, size.width) || !fits(picture.height, size.height)) {
    return `is ${picture.width} x ${picture.height}, the window ${size.width} x ${size.height}`;
  }
  const share = shareOf(picture, colour);
  return share >= LEAST_SHARE ? null : `has its window's colour on ${Math.round(share * 100)} % only`;
}

/** The tray says when the agent has its policy and watches. */
export async function agentWatches(place: DemoPlace): Promise<void> {
  await withTrayOf(trayOf(place), (menu) =>
    menu.entry((entry) => entry.label.endsWith('monitors this computer')),
  );
}

function trayOf({ environment, agentProcessId }: DemoPlace) {
  const busAddress = environment.DBUS_SESSION_BUS_ADDRESS ?? '';
  return { busAddress, processId: agentProcessId };
}

/** Presses the tray's entry and tells something in the window that opens, by keys alone. */
async function sendReport(
  place: DemoPlace,
  desktop: Desktop,
  text: string,
  problems: string[],
): Promise<DemoResult['report']> {
  const before = new Set((await place.client.items()).map(({ id }) => id));
  say('  tray: Report something');
  await withTrayOf(trayOf(place), (menu) => menu.choose('Report something'));
  // The title a KS2 window takes when its page stands, so keys reach a field.
  await desktop.bringToFront('Tell a grown-up');
  await desktop.press('space', 'ctrl+Return');
  await desktop.type(text);
  const sentAt = Date.now();
  await desktop.press('ctrl+Return', 'ctrl+Return');
  const isIt = (item: QueueItem): item is ReportItem => item.kind === 'report' && !before.has(item.id);
  const item = await arrival(place.client, 'the report', ARRIVAL_DEADLINE_MS, async () => {
    return (await place.client.items()).find(isIt) ?? null;
  });
  if (item.report.text !== text) problems.push(`the report says "${item.report.text}" instead of "${text}"`);
  await desktop.press('alt+F4');
  return {
    about: item.report.about,
    text: item.report.text,
    attachedTitle: item.report.attached?.title ?? null,
    sentToServerMs: item.receivedAt - sentAt,
  };
}

function textOf(item: QueueItem): string {
  return item.kind === 'capture' ? item.capture.observation.title : item.report.text;
}
