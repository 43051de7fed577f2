import { fakeAfternoon, fakeCapture, fakeFleet } from '../../fakes/consoleData.ts';
import { expect, openItem, test } from './fixtures.ts';

test.describe.configure({ mode: 'parallel' });

const screenshotRequests = (requests: readonly string[]) =>
  requests.filter((each) => each.endsWith('/screenshot'));

test.beforeEach(({ school }) => {
  school.state.items = fakeAfternoon(Date.now());
  school.state.devices = fakeFleet(Date.now());
});

test('a technician reviews by keyboard alone: j, Enter, r, n with a note, Enter, undo', async ({
  cleanPage: page,
  school,
}) => {
  await page.goto(school.url);
  await expect(page.locator('a[data-item]')).toHaveCount(7);
  await expect(page.locator('a[data-item]').first()).toContainText('Critical');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(page.locator('a[data-item]').first()).toBeFocused();
  // Moving opens nothing: nothing is written down as looked at.
  expect(school.state.requests.filter((each) => each.includes('/items/'))).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(
    'how to hurt myself without anyone knowing',
  );
  await expect(page.getByRole('heading', { level: 1 }).locator('mark')).toHaveText('hurt myself');

  expect(screenshotRequests(school.state.requests)).toEqual([]);
  await page.keyboard.press('r');
  await expect(page.getByRole('img', { name: 'What was on the screen' })).toBeVisible();
  expect(screenshotRequests(school.state.requests)).toHaveLength(1);
  await page.keyboard.press('r');
  await expect(page.getByRole('img', { name: 'What was on the screen' })).toHaveCount(0);

  await page.keyboard.press('p');
  await page.keyboard.type('with her tutor now');
  await page.keyboard.press('Enter');
  await expect(page.getByText('With the DSL.')).toBeVisible();
  expect(school.state.items[0]).toMatchObject({ state: 'passed' });
  expect(school.state.items[0]?.history.at(-1)).toMatchObject({
    action: 'passed',
    note: 'with her tutor now',
  });

  // The next one opened by itself; "no concern" is two keys.
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mila Duarte reported something');
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('everyone hates kayla');
  expect(school.state.items[1]).toMatchObject({ state: 'no_concern' });
  await page.keyboard.press('z');
  await expect(page.getByText('Undone: it waits again.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mila Duarte reported something');
  expect(school.state.items[1]).toMatchObject({ state: 'waiting' });
});

test('after a decision in the middle of the list, the one below opens, and the last one leads back up', async ({
  cleanPage: page,
  school,
}) => {
  await openItem(page, school, school.state.items[4]);
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Casino slots');
  await openItem(page, school, school.state.items[6]);
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Casino slots');
});

test('the keyboard keeps its place: after Cancel at the button, after a decision or an undo at the next title', async ({
  cleanPage: page,
  school,
}) => {
  const title = page.getByRole('heading', { level: 1 });
  school.state.items = school.state.items.slice(0, 2);
  await openItem(page, school, school.state.items[0]);
  await page.getByRole('button', { name: 'Pass to DSL' }).press('Enter');
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Pass to DSL' })).toBeFocused();
  await page.keyboard.press('n');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'No concern' })).toBeFocused();

  await page.keyboard.press('n');
  school.state.trouble = 'drop';
  await page.getByRole('button', { name: 'Mark no concern' }).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: "can't be reached" })).toBeVisible();
  await expect(page.getByLabel('Why it’s no concern')).toBeFocused();
  school.state.trouble = null;
  await page.getByRole('button', { name: 'Mark no concern' }).press('Enter');
  await expect(title).toHaveText('Mila Duarte reported something');
  await expect(title).toBeFocused();

  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();
  await expect(title).toHaveText('Queue');
  await expect(title).toBeFocused();

  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(title).toHaveText('Mila Duarte reported something');
  await expect(title).toBeFocused();
  await page.getByRole('button', { name: 'Pass to DSL' }).focus();
  await page.keyboard.press('Escape');
  await expect(title).toHaveText('Queue');
  await expect(title).toBeFocused();
});

test('a DSL records what was done; the record needs words', async ({ cleanPage: page, school }) => {
  school.state.role = 'dsl';
  const item = school.state.items[0];
  await openItem(page, school, item);
  await page.keyboard.press('a');
  const note = page.getByLabel('What was done, and by whom');
  await expect(note).toBeFocused();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Write what was done')).toBeVisible();
  await page.keyboard.type('Spoke with Ife and her mother.');
  await page.keyboard.press('Enter');
  await page.keyboard.type('CAMHS referral made.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Action recorded.', { exact: true })).toBeVisible();
  expect(item?.history.at(-1)).toMatchObject({
    note: 'Spoke with Ife and her mother.\nCAMHS referral made.',
  });

  await page.getByRole('link', { name: 'Decided' }).click();
  await page.locator('a[data-item]').first().click();
  await expect(page.getByText('CAMHS referral made.')).toBeVisible();
  await page.keyboard.press('o');
  await page.keyboard.press('Enter');
  await expect.poll(() => item?.state).toBe('passed');
});

test('a new critical capture is at the top at once, and is said to screen readers', async ({
  cleanPage: page,
  school,
}) => {
  await page.goto(school.url);
  await expect(page.locator('a[data-item]')).toHaveCount(7);
  const item = fakeCapture({ at: Date.now(), title: 'a new one just now', words: 'new one' });
  school.state.items.push(item);
  await expect(async () => {
    school.push({ kind: 'item', id: item.id, severity: 'critical', state: 'waiting' });
    await expect(page.locator('a[data-item]').first()).toContainText('a new one just now', { timeout: 500 });
  }).toPass();
  await expect(page.getByText('A new critical capture has arrived')).toBeAttached();
  await expect(page).toHaveTitle('2 critical · Queue · Lapwing');
});

test('a screenshot that was awaited appears when it arrives, without another look being written down', async ({
  cleanPage: page,
  school,
}) => {
  const item = fakeCapture({
    at: Date.now(),
    title: 'still coming',
    words: 'coming',
    screenshot: { state: 'awaited' },
  });
  school.state.items = [item];
  await page.goto(`${school.url}/queue/${item.id}`);
  await expect(page.getByText('On its way from the computer')).toBeVisible();
  if (item.kind === 'capture') {
    item.capture.screenshot = {
      state: 'taken',
      sha256: 'b'.repeat(64),
      sealedBytes: 9,
      mediaType: 'image/png',
      width: 960,
      height: 600,
    };
  }
  await expect(async () => {
    school.push({ kind: 'screenshot', id: item.id });
    await expect(page.getByRole('button', { name: 'Show the screenshot' })).toBeVisible({ timeout: 500 });
  }).toPass();
  expect(item.history.filter(({ action }) => action === 'viewed')).toHaveLength(1);
});

test('somebody else was quicker: the note stays, and how it stands now is shown', async ({
  cleanPage: page,
  school,
}) => {
  const item = school.state.items[0];
  await openItem(page, school, item);
  await page.keyboard.press('n');
  await page.keyboard.type('my reason');
  if (item !== undefined) item.state = 'passed';
  await page.keyboard.press('Enter');
  await expect(page.getByText('With the DSL', { exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(item?.state).toBe('passed');
});

test('the line goes down while a note is written: it says so, keeps the note and saves it afterwards', async ({
  cleanPage: page,
  school,
}) => {
  const item = school.state.items[3];
  await openItem(page, school, item);
  await page.keyboard.press('n');
  await expect(page.getByLabel('Why it’s no concern')).toBeFocused();
  await page.keyboard.type('homework');
  await expect(page.getByLabel('Why it’s no concern')).toHaveValue('homework');
  school.state.trouble = 'drop';
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: "can't be reached" })).toBeVisible();
  await expect(page.getByLabel('Why it’s no concern')).toHaveValue('homework');
  school.state.trouble = null;
  await page.getByLabel('Why it’s no concern').press('Enter');
  await expect.poll(() => item?.state).toBe('no_concern');
  expect(item?.history.at(-1)).toMatchObject({ note: 'homework' });
});

test('/ searches in what is loaded; Escape clears', async ({ cleanPage: page, school }) => {
  await page.goto(school.url);
  await expect(page.locator('a[data-item]')).toHaveCount(7);
  await page.keyboard.press('/');
  await page.keyboard.type('osei critical');
  await expect(page.locator('a[data-item]')).toHaveCount(1);
  await expect(page.getByText('1 match in what is loaded')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('a[data-item]').first()).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type(' nobody');
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('a[data-item]')).toHaveCount(7);
});

test('? shows the keys, and keys do nothing behind it', async ({ cleanPage: page, school }) => {
  await openItem(page, school, school.state.items[0]);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toBeVisible();
  await page.keyboard.press('n');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'No concern' })).toBeVisible();
});

test('a contractor sees the fleet and nothing else', async ({ cleanPage: page, school }) => {
  school.state.role = 'contractor';
  await page.goto(school.url);
  await expect(page.getByRole('heading', { level: 1, name: 'Devices' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Queue' })).toHaveCount(0);
  await page.goto(`${school.url}/queue/${school.state.items[0]?.id}`);
  await expect(page.getByRole('heading', { name: 'There’s nothing here for you' })).toBeVisible();
  expect(school.state.requests.filter((each) => /queue|items/.test(each))).toEqual([]);
});

test('devices: what needs a hand first, in words, filtered by state', async ({ cleanPage: page, school }) => {
  await page.goto(`${school.url}/devices`);
  await expect(page.locator('tbody').first()).toContainText('macOS hasn’t allowed screen recording');
  await expect(
    page.getByText('14 of 19 devices watching without a fault. 4 devices need a hand.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Needs a hand' }).click();
  await expect(page.locator('tbody')).toHaveCount(3);
  await expect(page.getByText('Records 218 to 220 haven’t arrived')).toBeVisible();
});
