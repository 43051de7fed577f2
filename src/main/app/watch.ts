import type { Disposable } from '#kernel';
import { createObserve, type ObserveDeps, type ObserveSettings } from '../observe/index.ts';

/** A policy's exclusions and accounts are not known here: only what is excluded always is left out. */
const SETTINGS: ObserveSettings = {
  sharedAccounts: [],
  schoolNetworks: [],
  excluded: [],
  privateWindows: 'hide',
};

/**
 * The technician's live view: each observation as one JSON line
 * `{at, app, title, url, urlSource, private, excluded, session}`, each change of a source's health as
 * another line apart. Nothing is matched, nothing is stored, and no policy is applied.
 */
export function createWatch(
  deps: ObserveDeps,
  out: { line(text: string): void; health(text: string): void },
  options: { readonly ownProcessId: number },
): { start(): Promise<void>; stop(): Promise<void> } {
  const observe = createObserve(deps, { ...options, settings: SETTINGS });
  let watching: Disposable | null = null;
  return {
    async start() {
      watching = await observe.start({
        onSighting: ({ observation }) => out.line(JSON.stringify(observation)),
        onWatching: (now) =>
          out.health(JSON.stringify({ part: 'session', state: 'ok', code: now ? 'watching' : 'paused' })),
        onHealth: (part, health) => out.health(JSON.stringify({ part, ...health })),
      });
    },
    async stop() {
      await watching?.dispose();
    },
  };
}
