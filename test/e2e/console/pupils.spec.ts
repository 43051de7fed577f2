import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures.ts';
import { answerWith, closed, inFront, open, opened, sent } from './pupilWindows.ts';

test.describe.configure({ mode: 'parallel' });

/*
 * Keys that send a report, for demonstrations and tests that drive the real window. They are kept stable:
 *   KS1, KS2 (a question at a time): Space, Ctrl+Enter, the words, Ctrl+Enter, then Ctrl+Enter once for each question
 *   that is left ("who" is asked only where the policy names contacts, "screen" only when a window was in front);
 *   the last one sends. Ctrl+Enter after it was sent does nothing.
 *   KS3 and older (one page): Space, Tab, the words, Ctrl+Enter.
 */

test('KS2, by keyboard: one question at a time, each with its first control in focus', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'report', opened('KS2'));
  await expect(page.getByRole('radio', { name: 'Something I saw' })).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('He said mean things.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('radio', { name: 'Any grown-up at school' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText(inFront.title)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send to Mrs Okafor' })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Thank you for telling us' })).toBeFocused();
  await expect(page.getByText('0800 1111')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  expect(await sent(page)).toEqual([
    {
      about: 'something_i_saw',
      text: 'He said mean things.',
      urgent: false,
      contactId: 'okafor',
      attach: true,
    },
  ]);
  await page.getByRole('button', { name: 'Close' }).click();
  expect(await closed(page)).toBe(1);
});

test('KS2, where nobody is named and nothing was in front: two questions', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'report', opened('KS2', { contacts: [], inFront: null }));
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Send to a grown-up' })).toBeVisible();
  await page.keyboard.type('words');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => sent(page)).toMatchObject([{ text: 'words', attach: false, contactId: null }]);
});

test('KS3, by keyboard on one page: Space, Tab, words, Ctrl+Enter', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'report', opened('KS3'));
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Someone keeps messaging me.');
  await page.keyboard.press('Enter');
  await page.keyboard.type('I want it to stop.');
  await page.keyboard.press('Control+Enter');
  await expect
    .poll(() => sent(page))
    .toEqual([
      {
        about: 'something_i_saw',
        text: 'Someone keeps messaging me.\nI want it to stop.',
        urgent: false,
        contactId: null,
        attach: true,
      },
    ]);
});

test('an empty page sends nothing and says kindly what is needed', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'report', opened('KS4'));
  await page.getByRole('button', { name: 'Send to the staff' }).click();
  await expect(page.getByText("Choose what it's about, or write a few words first.")).toBeVisible();
  expect(await sent(page)).toEqual([]);
});

test('what was on the screen can be left out and put back', async ({ cleanPage: page, windowsUrl }) => {
  await open(page, windowsUrl, 'report', opened('KS3'));
  await page.getByRole('button', { name: 'Leave it out' }).click();
  await expect(page.getByText("This won't be sent.")).toBeVisible();
  await page.getByRole('textbox').fill('words');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => sent(page)).toMatchObject([{ attach: false }]);
});

for (const answer of ['failed', 'broken'] as const) {
  test(`saving that is ${answer} keeps every word and can be tried again`, async ({
    cleanPage: page,
    windowsUrl,
  }) => {
    await open(page, windowsUrl, 'report', opened('KS3'));
    await page.getByRole('textbox').fill('please keep this');
    await answerWith(page, answer);
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('alert')).toContainText('Your words are still here');
    await expect(page.getByRole('textbox')).toHaveValue('please keep this');
    await answerWith(page, 'saved');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('heading', { name: 'Thank you for telling us' })).toBeVisible();
  });
}

test('"I need help now" sends at once, says where to go first, and only then that it is on its way', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'report', opened('KS2'));
  await answerWith(page, 'failed');
  await page.getByRole('button', { name: 'I need help now' }).click();
  await expect(page.getByRole('heading', { name: 'Go to a grown-up now' })).toBeVisible();
  await expect(page.getByText('Go to a grown-up you trust')).toBeVisible();
  await expect(page.getByText('Your message goes to Larkfield School')).toHaveCount(0);
  await answerWith(page, 'saved');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Your message goes to Larkfield School')).toBeVisible();
  await expect(page.getByText('0800 1111')).toBeVisible();
  expect(await sent(page)).toMatchObject([
    { urgent: true },
    { urgent: true, text: '', about: 'something_else' },
  ]);
});

test('closing with unsent words asks once; without any it just closes', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'report', opened('KS3'));
  await page.getByRole('textbox').fill('half a sentence');
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: 'Keep writing' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox')).toHaveValue('half a sentence');
  expect(await closed(page)).toBe(0);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Close without sending' }).click();
  expect(await closed(page)).toBe(1);
});

test('a hostile window title is shown as text', async ({ cleanPage: page, windowsUrl }) => {
  const title = `<img src=x onerror="document.title='pwned'">\u202e${'w'.repeat(1_800)}`;
  await open(page, windowsUrl, 'report', opened('KS3', { inFront: { app: title, title } }));
  await expect(page.getByText('<img src=x').first()).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expect(page).toHaveTitle('Report something');
});

const OWN_WORDS = [
  'In our school we look after each other.',
  'Come to the Nest at lunch: the door is open. <b onclick="alert(1)">Not bold</b>',
];

test('the notice begins with the words of the school, and says what is monitored all the same', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  await open(page, windowsUrl, 'notice', opened('KS3', { ownWords: OWN_WORDS }));
  await expect(page.getByRole('heading', { level: 2 })).toHaveText([
    'From Larkfield School',
    'What it looks at',
    'When',
    'Who sees it',
    'If something worries you',
    'You can also talk to',
  ]);
  for (const words of OWN_WORDS) await expect(page.getByText(words)).toBeVisible();
  await expect(page.locator('b')).toHaveCount(0);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('after a report the school reassures in its own words, or we do', async ({
  cleanPage: page,
  windowsUrl,
}) => {
  const ours = page.getByText('It was right to say something');
  const next = page.getByText('Someone will come and talk with you');
  for (const ownWords of [[], OWN_WORDS]) {
    await open(page, windowsUrl, 'report', opened('KS3', { ownWords }));
    await page.getByRole('radio').first().press('Space');
    await page.keyboard.press('Control+Enter');
    await expect(next).toBeVisible();
    await expect(ours).toHaveCount(ownWords.length === 0 ? 1 : 0);
    for (const words of ownWords) await expect(page.getByText(words)).toBeVisible();
    await expect(page.locator('b')).toHaveCount(0);
  }
});

test('a pupil may choose OpenDyslexic', async ({ cleanPage: page, windowsUrl }) => {
  await open(page, windowsUrl, 'report', opened('KS3'));
  await page.getByRole('button', { name: 'Easier letters' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveCSS('font-family', /^OpenDyslexic/);
  await expect.poll(() => page.evaluate(() => document.fonts.check('700 27px OpenDyslexic'))).toBe(true);
});

test('every target is at least 44 px', async ({ cleanPage: page, windowsUrl }) => {
  for (const audience of ['KS1', 'KS3'] as const) {
    await open(page, windowsUrl, 'report', opened(audience));
    for (const target of await page.locator('.lw-button, .lw-choice').all()) {
      const box = await target.boundingBox();
      expect(box?.height, (await target.textContent()) ?? '').toBeGreaterThanOrEqual(44);
    }
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const audience of ['KS1', 'KS2', 'KS4'] as const) {
    test(`every screen for ${audience} is accessible, ${colorScheme}`, async ({
      cleanPage: page,
      windowsUrl,
    }) => {
      // Nine runs of axe.
      test.slow();
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open(page, windowsUrl, 'report', opened(audience));
      await expectAccessible(page);
      await page.keyboard.press('Space');
      for (let step = 0; step < 4; step += 1) {
        await page.keyboard.press('Control+Enter');
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
      await expect(page.getByRole('heading', { name: 'Thank you for telling us' })).toBeVisible();
      await page.getByRole('button', { name: 'I need help now' }).click();
      await expectAccessible(page);
      await open(page, windowsUrl, 'notice', opened(audience));
      await expectAccessible(page);
      await expect(page.getByRole('button', { name: 'Close' })).toBeFocused();
      await page.keyboard.press('Enter');
      expect(await closed(page)).toBe(1);
    });
  }
}
