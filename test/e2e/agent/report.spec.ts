import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { pictureFile } from '../pictures.ts';
import { type Desk, type Reviewer, type RunningAgent, startDesk } from './harness.ts';

const WINDOW = 'Our class chat: go and kill yourself Tolu - Paint';

/** The pupils' windows in real Electron, opened from the tray, used by keyboard, online and offline. */
test.describe.configure({ mode: 'serial' });

let desk: Desk;
let agent: RunningAgent;
let reviewer: Reviewer;

test.beforeAll(async () => {
  desk = await startDesk();
  reviewer = await desk.reviewer();
  agent = await desk.startAgent();
  await expect.poll(agent.log).toContain('a policy is at work');
  await desk.showWindow(WINDOW, '3f5b6b', 'e6c75a');
  // The agent has seen the window once its capture is there.
  await expect.poll(async () => (await reviewer.items()).length).toBe(1);
});

test.afterAll(async () => {
  await desk?.dispose();
});

/** Opens a page by the tray, as a hand does. */
async function openPage(label: string): Promise<Page> {
  const opened = agent.app.waitForEvent('window');
  await agent.tray((tray) => tray.choose(label));
  const page = await opened;
  await page.waitForLoadState();
  await expect(page.getByRole('heading').first()).toBeVisible();
  return page;
}

async function expectAccessible(page: Page): Promise<void> {
  // The legacy mode runs in this page: Electron gives no second one for axe's own frame.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual(
    [],
  );
}

async function reports() {
  return (await reviewer.items()).flatMap((item) => (item.kind === 'report' ? [item] : []));
}

test('the notice says who monitors this computer and is accessible', async () => {
  const page = await openPage('About monitoring on this computer');
  await expect(page.locator('body')).toContainText('Lapwing Demo School');
  await expectAccessible(page);
  const closed = page.waitForEvent('close');
  await page.evaluate(() => void window.lapwing.invoke('window.close', undefined));
  await closed;
});

test('a pupil reports by keyboard alone, with what was in front, and it reaches the reviewer', async () => {
  const page = await openPage('Report something');
  await expectAccessible(page);
  await page.screenshot({ path: pictureFile('report.png') });
  const opened = await page.evaluate(() => window.lapwing.invoke('report.open', undefined));
  expect(opened.inFront).toEqual({ app: 'Paint', title: WINDOW });
  await page.keyboard.press('Space');
  for (let step = 0; step < 5 && (await reports()).length === 0; step += 1) {
    await page.keyboard.press('Control+Enter');
    await expectAccessible(page);
  }
  await expect.poll(async () => (await reports()).length).toBe(1);
  const [item] = await reports();
  expect(item?.report.attached).toMatchObject({ app: 'Paint', title: WINDOW });
  await expect.poll(async () => (await reviewer.item(item?.id ?? '')).screenshot).toBe('available');
  await page.close();
});

test.describe('the page is locked in', () => {
  let page: Page;
  test.beforeAll(async () => {
    page = await openPage('Report something');
  });
  test.afterAll(async () => {
    await page.close();
  });

  for (const [what, input] of [
    ['nothing', undefined],
    ['an unknown kind', { about: 'homework', text: '', urgent: false, contactId: null, attach: false }],
    [
      'a text too long',
      { about: 'how_i_feel', text: 'x'.repeat(4_001), urgent: false, contactId: null, attach: false },
    ],
    ['a wrong type', { about: 'how_i_feel', text: 5, urgent: 'yes', contactId: null, attach: false }],
  ] as const) {
    test(`IPC refuses ${what} and stores nothing`, async () => {
      const before = (await reports()).length;
      const answer = await page.evaluate(
        (bad) =>
          window.lapwing.invoke('report.send', bad as never).then(
            () => 'accepted',
            (failure: Error) => failure.message,
          ),
        input,
      );
      expect(answer).toContain('invalid_input');
      expect((await reports()).length).toBe(before);
    });
  }

  test('an unknown channel is refused', async () => {
    const answer = await page.evaluate(() =>
      window.lapwing
        .invoke('shell.run' as never, undefined as never)
        .catch((failure: Error) => failure.message),
    );
    expect(answer).toContain("No handler registered for 'shell.run'");
  });

  test('a frame inside the page may ask nothing', async () => {
    const asked = await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.src = 'lapwing://pages/notice/index.html';
      document.body.append(frame);
      return typeof (frame.contentWindow as Window | null)?.lapwing;
    });
    expect(asked).toBe('undefined');
  });

  test('no Node, no other page, no other window, no network', async () => {
    const found = await page.evaluate(async () => {
      const tries = {
        require: typeof (globalThis as { require?: unknown }).require,
        process: typeof (globalThis as { process?: unknown }).process,
        opened: window.open('https://example.invalid/') === null,
        fetched: await fetch('https://example.invalid/').then(
          () => true,
          () => false,
        ),
        file: await fetch('file:///etc/passwd').then(
          () => true,
          () => false,
        ),
        camera: await navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state),
      };
      location.href = 'https://example.invalid/';
      return tries;
    });
    expect(found).toEqual({
      require: 'undefined',
      process: 'undefined',
      opened: true,
      fetched: false,
      file: false,
      camera: 'denied',
    });
    await expect.poll(() => page.url()).toBe('lapwing://pages/report/index.html');
    expect(agent.app.windows()).toHaveLength(1);
  });
});

test('a report made while the server is away is kept and arrives when it is back', async () => {
  const before = (await reports()).length;
  await desk.stopServer();
  const page = await openPage('Report something');
  const answer = await page.evaluate(() =>
    window.lapwing.invoke('report.send', {
      about: 'how_i_feel',
      text: 'Nobody was there',
      urgent: true,
      contactId: null,
      attach: false,
    }),
  );
  expect(answer).toEqual({ state: 'saved' });
  await page.close();
  await desk.startServer();
  await expect.poll(async () => (await reports()).length).toBe(before + 1);
  expect(
    (await reports()).some(
      ({ report, severity }) => report.text === 'Nobody was there' && severity === 'critical',
    ),
  ).toBe(true);
});

test('no renderer is left when the windows are closed', async () => {
  const kinds = await agent.app.evaluate(({ app }) => app.getAppMetrics().map(({ type }) => type));
  expect(kinds).not.toContain('Tab');
});
