import { fakeAfternoon } from '../../fakes/consoleData.ts';
import { expect, expectAccessible, openItem, test } from './fixtures.ts';

test.describe.configure({ mode: 'parallel' });

const minuteMs = 60_000;

test.describe('signing in', () => {
  test.beforeEach(({ school }) => {
    school.state.signedIn = false;
  });

  test('by keyboard alone; a wrong password says so, keeps the name and asks again', async ({
    cleanPage: page,
    school,
  }) => {
    await page.goto(school.url);
    await expect(page.getByLabel('Username')).toBeFocused();
    await page.keyboard.type('priya');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toHaveText(
      "That username and password don't match. Check both and try again.",
    );
    await expect(page.getByLabel('Username')).toHaveValue('priya');
    await expect(page.getByLabel('Password')).toBeFocused();
    await expect(page.getByLabel('Password')).toHaveValue('');
    await page.keyboard.type('correct horse');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();
  });

  test('empty fields are named and nothing is sent', async ({ cleanPage: page, school }) => {
    await page.goto(school.url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('Write your username')).toBeVisible();
    await expect(page.getByText('Write your password')).toBeVisible();
    expect(school.state.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test('too many attempts say how long to wait; a server that is down says that', async ({
    cleanPage: page,
    school,
  }) => {
    await page.goto(school.url);
    await page.getByLabel('Username').fill('priya');
    await page.getByLabel('Password').fill('guess');
    school.state.trouble = 429;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toHaveText('Too many attempts. Wait 30 seconds and try again.');
    school.state.trouble = 'drop';
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toContainText("can't be reached");
    await expect(page.getByLabel('Password')).toHaveValue('guess');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is accessible, ${colorScheme}`, async ({ cleanPage: page, school }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(school.url);
      await expect(page.getByLabel('Username')).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expectAccessible(page);
    });
  }
});

test.describe('the idle lock', () => {
  test('warns, locks, takes the evidence off the page and brings it back with the note', async ({
    cleanPage: page,
    school,
  }) => {
    await page.clock.install();
    school.state.items = fakeAfternoon(Date.now());
    const [first] = school.state.items;
    await page.goto(`${school.url}/queue/${first?.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('n');
    await page.keyboard.type('class debate');

    await page.clock.runFor(19 * minuteMs + 1_000);
    await expect(page.getByRole('alert')).toContainText(/This screen locks in \d+ seconds/);
    await page.clock.runFor(minuteMs);
    await expect(page.getByRole('heading', { name: 'Locked for Priya Nandakumar' })).toBeVisible();
    await expect(page.getByText('hurt myself')).toHaveCount(0);
    expect(await page.content()).not.toContain('hurt myself');
    await expect.poll(() => school.state.signedIn).toBe(false);
    await expectAccessible(page);

    await page.keyboard.type('correct horse');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('hurt myself');
    await page.keyboard.press('n');
    await expect(page.getByLabel('Why it’s no concern')).toHaveValue('class debate');
  });

  test('somebody at the keyboard keeps it open and tells the server', async ({ cleanPage: page, school }) => {
    await page.clock.install();
    await page.goto(school.url);
    await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();
    await page.clock.runFor(19 * minuteMs + 1_000);
    // As a screen reader presses it: a mouse on its way there already counts as somebody.
    await page.getByRole('button', { name: 'I’m still here' }).dispatchEvent('click');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await page.clock.runFor(5 * minuteMs);
    await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();
    await expect.poll(() => school.state.requests).toContain('PUT /api/v1/session');
  });
});

test('a session that ended on the server asks for the password again and comes back to the same place', async ({
  cleanPage: page,
  school,
}) => {
  school.state.items = fakeAfternoon(Date.now());
  await page.goto(`${school.url}/queue`);
  await expect(page.locator('a[data-item]').first()).toBeVisible();
  school.state.signedIn = false;
  await page.locator('a[data-item]').nth(1).click();
  await expect(page.getByText('Your session has ended')).toBeVisible();
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Mila Duarte');
});

test('an ended session is noticed by itself, when the stream of events breaks', async ({
  cleanPage: page,
  school,
}) => {
  school.state.items = fakeAfternoon(Date.now());
  await page.goto(`${school.url}/queue`);
  await expect(page.locator('a[data-item]').first()).toBeVisible();
  school.state.signedIn = false;
  school.dropStreams();
  await expect(page.getByRole('heading', { name: 'Locked for Priya Nandakumar' })).toBeVisible();
  await expect(page).toHaveTitle('Lapwing');
});

test('the next person does not find the note of the last one', async ({ cleanPage: page, school }) => {
  school.state.items = fakeAfternoon(Date.now());
  await openItem(page, school, school.state.items[0]);
  await page.keyboard.press('n');
  await page.keyboard.type('between us');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Username').fill('helen');
  await page.getByLabel('Password').fill('correct horse');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByLabel('Why it’s no concern')).toHaveValue('');
});

test('a sign-out that the server did not hear of says so', async ({ cleanPage: page, school }) => {
  await page.goto(school.url);
  await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();
  school.state.trouble = 'drop';
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('alert')).toContainText('Close the browser');
});

test('signing out leaves nothing behind', async ({ cleanPage: page, school }) => {
  school.state.items = fakeAfternoon(Date.now());
  await page.goto(`${school.url}/queue`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Lapwing' })).toBeVisible();
  await page.goBack();
  await expect(page.getByText('hurt myself')).toHaveCount(0);
});
