import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type Page, test } from '@playwright/test';
import { ensureBrowser, quietArguments } from '../../../tools/browser/index.ts';
import { TEMPLATE_OPTIONS } from '../../../tools/managed/policies.ts';
import { renderManaged } from '../../../tools/managed/render.ts';

/**
 * The managed-policy template is put before a real Chromium, whose own policy page says whether it knows
 * and accepts each value. Chromium reads policies from one fixed folder, so it is started in a mount
 * namespace of its own: nothing of the machine changes, and other browsers see nothing.
 */
let folder: string;
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lapwing-policies-'));
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

async function openPolicyPage(policies: string) {
  const configuration = join(folder, 'chromium');
  await cp('/etc/chromium', configuration, { recursive: true });
  const managed = join(configuration, 'policies/managed');
  await mkdir(managed, { recursive: true });
  await writeFile(join(managed, 'lapwing.json'), policies);
  const program = join(folder, 'chromium-with-policies');
  const namespaces = process.getuid?.() === 0 ? '--mount' : '--mount --user --map-root-user';
  await writeFile(
    program,
    `#!/bin/sh\nexec unshare ${namespaces} sh -c 'mount --bind "$0" /etc/chromium && exec ${await ensureBrowser()} "$@"' '${configuration}' "$@"\n`,
  );
  await chmod(program, 0o755);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: program,
    args: quietArguments(),
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto('chrome://policy');
  return { context, page };
}

/** What the policy page says of each policy that is set. */
async function policiesOf(page: Page): Promise<Map<string, { level: string; messages: string }>> {
  await page.locator('policy-row').first().waitFor({ state: 'attached' });
  const rows = await page.locator('policy-row').evaluateAll((elements) =>
    elements.map((element) => {
      const textOf = (part: string) =>
        element.shadowRoot?.querySelector<HTMLElement>(`.policy.row ${part}`)?.textContent?.trim() ?? '';
      return { name: textOf('.name'), level: textOf('.level'), messages: textOf('.messages') };
    }),
  );
  return new Map(rows.map(({ name, ...state }) => [name, state]));
}

test('a real Chromium accepts every policy of the template', async () => {
  const template = renderManaged(TEMPLATE_OPTIONS).get('linux/chromium.json') ?? '';
  const { context, page } = await openPolicyPage(template);
  const { '3rdparty': _extensions, ...policies } = JSON.parse(template) as Record<string, unknown>;
  const shown = await policiesOf(page);
  for (const name of Object.keys(policies)) {
    expect(shown.get(name), name).toEqual({ level: 'Mandatory', messages: 'OK' });
  }
  await context.close();
});

test('the page does say so when a value is wrong', async () => {
  const { context, page } = await openPolicyPage(JSON.stringify({ IncognitoModeAvailability: 'off' }));
  const shown = await policiesOf(page);
  expect(shown.get('IncognitoModeAvailability')?.messages).toContain('Error');
  await context.close();
});
