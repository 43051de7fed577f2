import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { IDLE_LOCK_MS, type Me } from '#contract';
import type { Timers } from '#kernel';
import { Banner, Button, EmptyState, Lapwing } from '#ui';
import { type ConsoleApi, type createLiveEvents, explain, type Failure } from '../api/index.ts';
import type { Preferences } from '../platform/browser.ts';
import { createIdleLock, type IdleState, SignIn } from '../session/index.ts';
import { type Drafts, WorldProvider } from '../world/index.ts';
import { Shell } from './shell.tsx';

export interface AppDeps {
  api: ConsoleApi;
  client: QueryClient;
  events: ReturnType<typeof createLiveEvents>;
  timers: Timers;
  preferences: Preferences;
  drafts: Drafts;
  /** Tells this person's other tabs that somebody is here, and hears it from them. */
  presence: { tell(): void; onTold(listener: () => void): () => void };
}

type SessionState =
  | { kind: 'loading' }
  | { kind: 'failed'; failure: Failure }
  /** `told` is false when the server could not be told, so that its session still stands. */
  | { kind: 'signed_out'; told: boolean }
  | { kind: 'signed_in'; me: Me }
  | { kind: 'locked'; me: Me; reason: 'idle' | 'expired' };

const warnMs = 60_000;
/** Reading and writing count as presence too: the server is told so at most this often. */
const keepAliveMs = 60_000;

/** The console from the sign-in on. Locking takes everything off the page, not only out of sight. */
export function App(deps: AppDeps) {
  const { api, client, drafts } = deps;
  const [session, setSession] = useState<SessionState>({ kind: 'loading' });

  const load = useCallback(async () => {
    setSession({ kind: 'loading' });
    const result = await api.me();
    if (result.ok) setSession({ kind: 'signed_in', me: result.value });
    else if (result.error.kind === 'signed_out') setSession({ kind: 'signed_out', told: true });
    else setSession({ kind: 'failed', failure: result.error });
  }, [api]);

  const lock = useCallback((reason: 'idle' | 'expired') => {
    setSession((now) => (now.kind === 'signed_in' ? { kind: 'locked', me: now.me, reason } : now));
  }, []);

  const enter = useCallback(
    (me: Me) => {
      client.clear();
      setSession({ kind: 'signed_in', me });
    },
    [client],
  );

  useEffect(() => void load(), [load]);
  useEffect(() => {
    const listening = api.onSignedOut(() => lock('expired'));
    return () => void listening.dispose();
  }, [api, lock]);

  async function signOut(): Promise<void> {
    const result = await api.signOut();
    client.clear();
    drafts.clear();
    setSession({ kind: 'signed_out', told: result.ok });
  }

  switch (session.kind) {
    case 'loading':
      return (
        <p className="starting" role="status">
          <Lapwing size={48} />
          <span className="hidden-visually">Loading</span>
        </p>
      );
    case 'failed':
      return (
        <main className="starting">
          <EmptyState isPage title="Lapwing can’t be reached" picture={<Lapwing size={64} />}>
            <p>{explain(session.failure)}</p>
            <Button onPress={() => void load()}>Try again</Button>
          </EmptyState>
        </main>
      );
    case 'signed_out':
      return <SignIn signIn={api.signIn} onSignedIn={enter} isStillOpen={!session.told} />;
    case 'locked':
      return (
        <SignIn
          signIn={api.signIn}
          onSignedIn={enter}
          locked={{ ...session.me, reason: session.reason }}
          onSomebodyElse={() => void signOut()}
        />
      );
    case 'signed_in':
      return <SignedIn {...deps} me={session.me} onLock={lock} onSignOut={() => void signOut()} />;
  }
}

interface SignedInProps extends AppDeps {
  me: Me;
  onLock(reason: 'idle' | 'expired'): void;
  onSignOut(): void;
}

function SignedIn({ me, onLock, onSignOut, ...deps }: SignedInProps) {
  const { api, client, timers, presence } = deps;
  const [idle, setIdle] = useState<IdleState>({ kind: 'active' });
  const stayOpen = useRef<() => void>(null);

  useEffect(() => {
    let toldAt = timers.now();
    const lock = createIdleLock(
      { timers },
      {
        idleMs: IDLE_LOCK_MS,
        warnMs,
        onState(state) {
          setIdle(state);
          if (state.kind !== 'locked') return;
          // The session ends on the server too, so that reloading the page does not open it again.
          void api.signOut();
          client.clear();
          onLock('idle');
        },
      },
    );
    const onActivity = () => {
      lock.touch();
      if (timers.now() - toldAt < keepAliveMs) return;
      toldAt = timers.now();
      presence.tell();
      void api.touch();
    };
    // A screen reader presses a button without a key or a pointer.
    stayOpen.current = onActivity;
    const stopHearing = presence.onTold(() => lock.touch());
    const names = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
    for (const name of names) document.addEventListener(name, onActivity, { passive: true });
    return () => {
      for (const name of names) document.removeEventListener(name, onActivity);
      stopHearing();
      void lock.dispose();
    };
  }, [api, client, timers, presence, onLock]);

  return (
    <QueryClientProvider client={client}>
      <WorldProvider api={api} timers={timers} me={me} drafts={deps.drafts}>
        <Shell
          events={deps.events}
          preferences={deps.preferences}
          onSignOut={onSignOut}
          notice={
            idle.kind === 'warning' && (
              <Banner
                tone="warning"
                icon="lock"
                action={<Button onPress={() => stayOpen.current?.()}>I’m still here</Button>}
              >
                Nobody seems to be here. This screen locks in {Math.ceil(idle.leftMs / 1000)} seconds.
              </Banner>
            )
          }
        />
      </WorldProvider>
    </QueryClientProvider>
  );
}
