import { type Hit, LOCKED_CATEGORIES, type ScreenshotPlan } from '#contract';
import type { Disposable, Timers } from '#kernel';
import type { ForegroundWindow, Screen, ScreenPicture, SourceHealth } from '../ports/index.ts';

/** A system that has not answered by then will not: the record says `failed` instead of waiting. */
const TAKE_TIMEOUT_MS = 10_000;

/**
 * What is known of the picture before it is taken. A locked category never has one (field.md, S9), so there is none
 * either while the rules do not know all its sites.
 */
export function planPicture(
  hits: readonly Pick<Hit, 'category'>[],
  sighting: { readonly window: ForegroundWindow | null; readonly observation: { readonly private: boolean } },
  may: { readonly screenshots: boolean; readonly knowSites: boolean },
): ScreenshotPlan {
  if (hits.some(({ category }) => LOCKED_CATEGORIES.has(category)))
    return { state: 'none', reason: 'locked_category' };
  if (!may.screenshots) return { state: 'none', reason: 'policy' };
  if (!may.knowSites) return { state: 'none', reason: 'lists_not_ready' };
  if (sighting.window !== null) return { state: 'awaited' };
  return { state: 'none', reason: sighting.observation.private ? 'private_window' : 'policy' };
}

/** What a picture says of the machine; a window that is gone or blank says nothing of it. */
const HEALTH: Partial<Record<'taken' | Extract<ScreenPicture, { kind: 'none' }>['reason'], SourceHealth>> = {
  taken: { state: 'ok', code: 'ok', message: 'Pictures can be taken.' },
  no_permission: {
    state: 'degraded',
    code: 'screen_no_permission',
    message: 'No picture may be taken. On a Mac, allow Lapwing under Screen & System Audio Recording.',
  },
  failed: { state: 'degraded', code: 'screen_failed', message: 'The last picture could not be taken.' },
  not_supported: {
    state: 'degraded',
    code: 'screen_not_supported',
    message: 'This system gives programs no pictures of windows.',
  },
};

/** Takes pictures one after another, each with a deadline. Never rejects. */
export function createPhotographer(deps: {
  readonly screen: Screen;
  readonly timers: Pick<Timers, 'after'>;
  readonly health: { report(part: string, health: SourceHealth): void };
}): { take(window: ForegroundWindow): Promise<ScreenPicture> } {
  let last: Promise<unknown> = Promise.resolve();

  async function takeNow(window: ForegroundWindow): Promise<ScreenPicture> {
    const { promise: tooLate, resolve } = Promise.withResolvers<ScreenPicture>();
    const deadline: Disposable = deps.timers.after(TAKE_TIMEOUT_MS, () =>
      resolve({ kind: 'none', reason: 'failed' }),
    );
    try {
      return await Promise.race([deps.screen.takeWindow(window), tooLate]);
    } catch {
      return { kind: 'none', reason: 'failed' };
    } finally {
      void deadline.dispose();
    }
  }

  function tellHealth(picture: ScreenPicture): void {
    const health = HEALTH[picture.kind === 'none' ? picture.reason : 'taken'];
    if (health !== undefined) deps.health.report('screen', health);
  }

  return {
    take(window) {
      const picture = last.then(() => takeNow(window));
      void picture.then(tellHealth);
      last = picture;
      return picture;
    },
  };
}
