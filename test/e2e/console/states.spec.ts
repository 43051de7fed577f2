import { fakeAfternoon, fakeCapture, fakeFleet } from '../../fakes/consoleData.ts';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures.ts';

test.describe.configure({ mode: 'parallel' });

const now = Date.now();

/** What a page or a pupil with bad intent may put into a title. */
const HOSTILE: Record<string, string> = {
  markup:
    '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script></bdi></a><style>*{display:none}</style> flagged',
  bidi: 'harmless \u202e\u2067gnp.exe flagged\u202d\u2066 and on',
  controls: 'a\u0000b\u0007c\u001b[2Jd\u0085e\u200bf flagged',
  surrogates: 'half \ufffd flagged \ufffd',
  long: `${'w'.repeat(1_900)} flagged`,
  stacked: `flagged ${'Z\u0351\u036b\u0343\u036a\u0302'.repeat(60)}`,
};

test.describe('hostile titles and addresses', () => {
  for (const [name, title] of Object.entries(HOSTILE)) {
    for (const width of [1440, 390]) {
      test(`${name} at ${width}: shown as text, inside its place`, async ({ cleanPage: page, school }) => {
        await page.setViewportSize({ width, height: 844 });
        const url = `https://example.org/?q=${'a'.repeat(3_900)}`;
        const item = fakeCapture({ at: now, title, words: 'flagged', url, app: title.slice(0, 300) });
        school.state.items = [item];
        await page.goto(school.url);
        await expect(page.locator('a[data-item] mark').first()).toContainText('flagged');
        await expectNoSidewaysScroll(page);
        await page.locator('a[data-item]').first().click();
        await expect(page.getByRole('heading', { level: 1 }).locator('mark')).toHaveText('flagged');
        await expectNoSidewaysScroll(page);
        await page.getByRole('button', { name: 'Show all 3,923 characters' }).click();
        await expectNoSidewaysScroll(page);
        await expect(page.getByRole('button', { name: 'No concern' })).toBeInViewport();
        expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
      });
    }
  }

  test('direction marks are named and turn nothing round', async ({ cleanPage: page, school }) => {
    school.state.items = [fakeCapture({ at: now, title: HOSTILE['bidi'] as string, words: 'flagged' })];
    await page.goto(`${school.url}/queue/${school.state.items[0]?.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('RLO');
    await expect(
      page.getByRole('heading', { level: 1 }).locator('[title="right-to-left override"]'),
    ).toBeVisible();
  });

  test('100 kB in a name the contract does not bound: cut, and said to be', async ({
    cleanPage: page,
    school,
  }) => {
    const item = fakeCapture({ at: now, title: 'flagged', words: 'flagged' });
    item.device.machine = 'M'.repeat(100_000);
    school.state.items = [item];
    await page.goto(`${school.url}/queue/${item.id}`);
    await expect(page.getByText('96,000 more characters not shown').first()).toBeVisible();
    await expectNoSidewaysScroll(page);
  });
});

test('500 items: worst first, pages loaded on, and moved through by keyboard', async ({
  cleanPage: page,
  school,
}) => {
  school.state.items = Array.from({ length: 500 }, (_, index) =>
    fakeCapture({
      at: now - index * 1_000,
      title: `item ${index} flagged`,
      words: 'flagged',
      severity: index % 50 === 0 ? 'critical' : 'low',
    }),
  );
  await page.goto(school.url);
  await expect(page.locator('a[data-item]')).toHaveCount(200);
  await expect(page.locator('a[data-item].row-critical')).toHaveCount(10);
  await expect(page.locator('a[data-item]').nth(9)).toHaveClass(/row-critical/);
  await page.getByRole('button', { name: 'Load more' }).click();
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect(page.locator('a[data-item]')).toHaveCount(500);
  await expect(page.getByRole('button', { name: 'Load more' })).toHaveCount(0);
  await page.evaluate(() => {
    for (let step = 0; step < 100; step += 1) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
    }
  });
  await expect(page.locator('a[data-item]').nth(99)).toBeFocused();
});

test('while the queue loads, its place is kept and said', async ({ cleanPage: page, school }) => {
  let release = () => {};
  await page.goto(school.url);
  await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();
  school.state.hold = new Promise((resolve) => {
    release = resolve;
  });
  await page.getByRole('link', { name: 'Decided' }).click();
  await expect(page.getByText('Loading the queue')).toBeAttached();
  release();
  await expect(page.getByRole('heading', { name: 'Nothing decided yet' })).toBeVisible();
});

test('an empty queue says what it means', async ({ cleanPage: page, school }) => {
  school.state.items = [
    { ...fakeCapture({ at: now - 60_000, title: 'x', words: 'x' }), state: 'no_concern' },
  ];
  school.state.devices = fakeFleet(now);
  await page.goto(school.url);
  await expect(
    page.getByText(/^Last flag (yesterday )?\d\d:\d\d\. 17 of 20 devices watching\.$/),
  ).toBeVisible();
});

test('the server fails, then the line drops: said plainly, and found again', async ({
  cleanPage: page,
  school,
}) => {
  school.state.items = fakeAfternoon(now);
  await page.clock.install();
  await page.goto(school.url);
  await expect(page.locator('a[data-item]')).toHaveCount(7);
  school.state.trouble = 503;
  await page.locator('a[data-item]').first().click();
  await page.clock.runFor(10_000);
  await expect(
    page
      .getByText('The server couldn’t answer (error 503)')
      .or(page.getByText("The server couldn't answer (error 503)")),
  ).toBeVisible();
  school.state.trouble = 'drop';
  school.dropStreams();
  await expect(page.getByText(/No connection to the server\. Last updated/)).toBeVisible();
  school.state.trouble = null;
  await page.clock.runFor(60_000);
  await expect(page.getByText(/No connection to the server/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('hurt myself');
});

test('an item that cannot be read is told, never dropped silently', async ({ cleanPage: page, school }) => {
  const broken = fakeCapture({ at: now, title: 'broken', words: 'broken' });
  if (broken.kind === 'capture') broken.capture.hits = [];
  school.state.items = [...fakeAfternoon(now), broken];
  await page.goto(school.url);
  await expect(page.getByRole('alert')).toContainText('1 thing in the queue can’t be shown');
  await expect(page.locator('a[data-item]')).toHaveCount(7);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    test(`every screen is accessible and fits, ${colorScheme} at ${width}`, async ({
      cleanPage: page,
      school,
    }) => {
      test.slow();
      school.state.items = fakeAfternoon(now);
      school.state.devices = fakeFleet(now);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      const [capture, report] = school.state.items;
      for (const [path, ready] of [
        ['/queue', 'a[data-item]'],
        [`/queue/${capture?.id}`, '.history'],
        [`/queue/${report?.id}`, '.history'],
        ['/decided', '.lw-empty'],
        ['/devices', '.fleet'],
        ['/nowhere', '.lw-empty'],
      ] as const) {
        await page.goto(school.url + path);
        await expect(page.locator(ready).first()).toBeVisible();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
      await page.goto(`${school.url}/queue/${capture?.id}`);
      await expect(page.locator('.history')).toBeVisible();
      await page.keyboard.press('r');
      await expect(page.locator('.shot img')).toBeVisible();
      await page.keyboard.press('p');
      await expect(page.getByLabel('What the DSL should know')).toBeFocused();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
    });
  }
}

test('every screen fits a small laptop', async ({ cleanPage: page, school }) => {
  school.state.items = fakeAfternoon(now);
  school.state.devices = fakeFleet(now);
  await page.setViewportSize({ width: 1024, height: 768 });
  for (const path of ['/queue', `/queue/${school.state.items[0]?.id}`, '/decided', '/devices']) {
    await page.goto(school.url + path);
    await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
    await expectNoSidewaysScroll(page);
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeInViewport();
  }
});
