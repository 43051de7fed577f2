import type { Page } from '@playwright/test';
import type { Audience } from '#contract';
import type { RendererApi } from '#ipc';
import { expect } from './fixtures.ts';

/** The pupils' windows in a plain browser, the agent played by a script. */

interface Played {
  sent: unknown[];
  closed: number;
  answer: 'saved' | 'failed' | 'broken';
}

declare global {
  interface Window {
    played: Played;
    lapwing: RendererApi;
  }
}

/** What was in front when the window was opened. */
export const inFront = { app: 'Google Chrome', title: 'Direct messages (4) - Chat' };
const contacts = [
  { id: 'okafor', name: 'Mrs Okafor', role: 'Head of Year 8' },
  { id: 'lane', name: 'Mr Lane', role: 'Form tutor' },
];

/** What the agent tells a window that opens. */
export function opened(audience: Audience, overrides: object = {}) {
  return {
    audience,
    schoolName: 'Larkfield School',
    contacts,
    helplines: [
      { name: 'Childline', phone: '0800 1111', website: 'childline.org.uk', words: 'Free, day and night.' },
      {
        name: 'CEOP',
        phone: null,
        website: 'ceop.police.uk',
        words: 'If someone online makes you feel unsafe.',
      },
    ],
    inFront,
    ownWords: [],
    monitoring: 'watching',
    ...overrides,
  };
}

/** Opens a window at its real size with an agent that answers as told. */
export async function open(
  page: Page,
  windowsUrl: string,
  name: 'report' | 'notice',
  answer: object,
): Promise<void> {
  await page.setViewportSize(name === 'report' ? { width: 760, height: 732 } : { width: 720, height: 652 });
  await page.addInitScript((given) => {
    window.played = { sent: [], closed: 0, answer: 'saved' };
    window.lapwing = {
      invoke: async (channel: string, input: unknown) => {
        if (channel.endsWith('.open')) return given;
        if (channel === 'window.close') window.played.closed += 1;
        if (channel !== 'report.send') return undefined;
        if (window.played.answer === 'broken') throw new Error('gone');
        window.played.sent.push(input);
        return { state: window.played.answer };
      },
    } as unknown as typeof window.lapwing;
  }, answer);
  await page.goto(`${windowsUrl}/renderer/${name}/index.html`);
  await expect(page.getByRole('heading').first()).toBeVisible();
}

export const sent = (page: Page) => page.evaluate(() => window.played.sent);
export const closed = (page: Page) => page.evaluate(() => window.played.closed);
export const answerWith = (page: Page, answer: Played['answer']) =>
  page.evaluate((next) => {
    window.played.answer = next;
  }, answer);
