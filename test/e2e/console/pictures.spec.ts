import { fakeAfternoon, fakeFleet } from '../../fakes/consoleData.ts';
import { startFakeConsoleServer } from '../../fakes/consoleServer.ts';
import { pictureFile } from '../pictures.ts';
import { expect, test } from './fixtures.ts';

/** The README's pictures of the console, with an invented school on an invented afternoon: the same on every run. */
const now = Date.UTC(2026, 10, 3, 14, 5, 20);

test('the pictures of the queue and of a capture', async ({ cleanPage: page, consoleFolder }) => {
  const items = fakeAfternoon(now);
  const school = await startFakeConsoleServer(consoleFolder, { items, devices: fakeFleet(now) }, () => now);
  await page.clock.setFixedTime(now);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.goto(`${school.url}/queue/${items[1]?.id}`);
  await expect(page.getByRole('heading', { name: 'Mila Duarte reported something' })).toBeVisible();
  await expect(page.locator('a[data-item]')).toHaveCount(7);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: pictureFile('queue.png') });

  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.goto(`${school.url}/queue/${items[0]?.id}`);
  await expect(page.getByRole('button', { name: 'Show the screenshot' })).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: pictureFile('capture.png') });
  await school.close();
});
