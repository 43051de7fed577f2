import { boundText, type FrontTab, MAX_TITLE_LENGTH, MAX_URL_LENGTH } from '#contract';
import type { BrowserApi } from './browserApi.ts';

/**
 * Reads what this browser's last focused window shows now; null where it has no window. Whether that window
 * has the focus still is not asked: browsers answer late or wrongly while focus moves (seen in Chromium on
 * X11), and the agent knows from the operating system which program is in front.
 * A private window gives no content unless `showPrivate`.
 */
export async function readFrontTab(
  browser: Pick<BrowserApi, 'tabs' | 'windows'>,
  showPrivate: boolean,
): Promise<FrontTab['tab']> {
  const window = await browser.windows.getLastFocused().catch(() => null);
  if (window?.id === undefined) return null;
  const [tab] = await browser.tabs.query({ active: true, windowId: window.id }).catch(() => []);
  if (tab === undefined) return null;
  const hidden = tab.incognito && !showPrivate;
  return {
    url: hidden ? '' : boundText(tab.url ?? '', MAX_URL_LENGTH),
    title: hidden ? '' : boundText(tab.title ?? '', MAX_TITLE_LENGTH),
    private: tab.incognito,
  };
}

/** Whether two readings tell the agent the same thing. */
export function isSameTab(left: FrontTab['tab'], right: FrontTab['tab']): boolean {
  if (left === null || right === null) return left === right;
  return left.url === right.url && left.title === right.title && left.private === right.private;
}
