import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Me } from '#contract';
import type { Timers } from '#kernel';
import type { ConsoleApi } from '../api/index.ts';
import { createTimes, type Times } from '../words/index.ts';
import type { Drafts } from './drafts.ts';

/** What every screen of a signed-in person may use. Made once in the composition root. */
export interface World {
  readonly api: ConsoleApi;
  readonly timers: Timers;
  readonly me: Me;
  readonly times: Times;
  /** Notes begun but not yet saved, kept through the idle lock. */
  readonly drafts: Drafts;
}

const WorldContext = createContext<World | null>(null);
const NowContext = createContext(0);

/** Relative times are right to the minute; this is often enough to keep them so. */
const tickMs = 15_000;

interface WorldProviderProps extends Omit<World, 'times'> {
  children: ReactNode;
}

/** Gives the screens their world and a clock that ticks. */
export function WorldProvider({ children, api, timers, me, drafts }: WorldProviderProps) {
  const [now, setNow] = useState(() => timers.now());
  useEffect(() => {
    const ticking = timers.every(tickMs, () => setNow(timers.now()));
    return () => void ticking.dispose();
  }, [timers]);
  const world = useMemo(
    () => ({ api, timers, me, drafts, times: createTimes(me.school.timeZone) }),
    [api, timers, me, drafts],
  );
  return (
    <WorldContext.Provider value={world}>
      <NowContext.Provider value={now}>{children}</NowContext.Provider>
    </WorldContext.Provider>
  );
}

export function useWorld(): World {
  const world = useContext(WorldContext);
  if (world === null) throw new Error('useWorld outside WorldProvider');
  return world;
}

/** Milliseconds since 1970, ticking. */
export function useNow(): number {
  return useContext(NowContext);
}

/** A moment: relative to read, exact on hover and for screen readers. */
export function Moment({ at, form = 'relative' }: { at: number; form?: 'relative' | 'short' | 'clock' }) {
  const { times } = useWorld();
  const now = useNow();
  const shown = form === 'clock' ? times.clock(at) : times[form](at, now);
  return (
    <time dateTime={new Date(at).toISOString()} title={times.exact(at)}>
      <span aria-hidden="true">{shown}</span>
      <span className="hidden-visually">{times.exact(at)}</span>
    </time>
  );
}
