import { boundText, type FrontTab, MAX_TITLE_LENGTH, MAX_URL_LENGTH } from '#contract';
import type { BrowserApi } from './browserApi.ts';

/**
 * Reads what the focused window of this browser shows now. Null where no window of it has focus.
 * A private window gives no content unless `showPrivate`.
 */
export async function readFrontTab(
  browser: Pick<BrowserApi, 'tabs' | 'windows'>,
  showPrivate: boolean,
): Promise<FrontTab['tab']> {
  const window = await browser.windows.getLastFocused().catch(() => null);
  if (window === null || !window.focused || window.id === undefined) return null;
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
