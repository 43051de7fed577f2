import { expect, expectAccessible, test } from './fixtures.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page of every widget stands, ${colorScheme}`, async ({ cleanPage: page, windowsUrl }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${windowsUrl}/ui/gallery/index.html`);
    await expect(page.getByRole('heading', { name: 'Icons' })).toBeVisible();
    await expectAccessible(page);
  });
}
