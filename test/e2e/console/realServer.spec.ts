import { fakeCapture, fakeReport } from '../../fakes/server/records.ts';
import { createFakeSchool, type FakeSchool } from '../../fakes/server/school.ts';
import { expect, test } from './fixtures.ts';

/** The console on the real server: a device's sealed records, two people, one decision after the other. */

let school: FakeSchool;
let url: string;

test.beforeEach(async ({ consoleFolder }) => {
  school = await createFakeSchool({ app: { consoleFolder } });
  url = await school.app.listen({ port: 0, host: '127.0.0.1' });
});
test.afterEach(() => school.dispose());

test('a technician passes a capture on and the DSL records what was done', async ({ cleanPage: page }) => {
  const passwords = new Map<string, string>();
  for (const role of ['technician', 'dsl'] as const) {
    const made = await school.accounts.create({ username: role, displayName: `Test ${role}`, role });
    if (made.ok) passwords.set(role, made.value.password);
  }
  async function signIn(role: string): Promise<void> {
    await page.getByLabel('Username').fill(role);
    await page.getByLabel('Password').fill(passwords.get(role) ?? '');
    await page.keyboard.press('Enter');
  }

  const agent = await school.agent();
  await page.goto(url);
  await signIn('technician');
  await expect(page.getByRole('heading', { name: 'Nothing waiting' })).toBeVisible();

  // A live arrival, without touching the page.
  const captureId = school.random.id();
  await agent.send([await agent.seal(fakeCapture(captureId))]);
  const row = page.locator(`a[data-item="${captureId}"]`);
  await expect(row).toBeVisible();
  const reportId = school.random.id();
  await agent.send([await agent.seal(fakeReport(reportId))]);
  await expect(page.locator('a[data-item]')).toHaveCount(2);

  await row.click();
  await expect(page.getByRole('heading', { level: 1 }).locator('mark').first()).toBeVisible();
  await page.keyboard.press('p');
  await page.keyboard.type('please look today');
  await page.keyboard.press('Enter');
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign out' }).click();

  await signIn('dsl');
  await row.click();
  await expect(page.getByText('please look today')).toBeVisible();
  await page.keyboard.press('a');
  await page.keyboard.type('Talked with the pupil and her mother.');
  await page.keyboard.press('Control+Enter');
  await expect(row).toHaveCount(0);
  await page.getByRole('link', { name: 'Decided' }).click();
  await row.click();
  await expect(page.getByText('Talked with the pupil and her mother.')).toBeVisible();
  const actions = (
    await school.store.db.selectFrom('item_history').select('action').orderBy('id').execute()
  ).map(({ action }) => action);
  expect(actions.filter((action) => action !== 'viewed')).toEqual(['passed', 'action_recorded']);
});
