import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { Link, Redirect, useLocation, useRoute } from 'wouter';
import { Banner, Button, EmptyState, Lapwing, SeverityMark } from '#ui';
import { type createLiveEvents, keys, type QueuePage } from '../api/index.ts';
import { DevicesPage } from '../devices/index.ts';
import type { Preferences } from '../platform/browser.ts';
import { ROLE_WORDS } from '../words/index.ts';
import { useNow, useShortcuts, useWorld } from '../world/index.ts';
import { Help } from './help.tsx';
import { useLive } from './live.ts';
import { ReviewPage } from './reviewPage.tsx';
import { useTheme } from './theme.ts';

interface ShellProps {
  events: ReturnType<typeof createLiveEvents>;
  preferences: Preferences;
  /** Shown above everything: the warning before the idle lock. */
  notice: ReactNode;
  onSignOut(): void;
}

/** The frame of a signed-in person: where to go, how the line is, who is signed in. */
export function Shell({ events, preferences, notice, onSignOut }: ShellProps) {
  const { me, times } = useWorld();
  const now = useNow();
  const client = useQueryClient();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [news, setNews] = useState('');
  const [theme, setTheme] = useTheme(preferences);
  const announce = useCallback(
    () => setNews('A new critical capture has arrived at the top of the queue.'),
    [],
  );
  const connection = useLive(client, events, announce);
  const canReview = me.permissions.includes('evidence_view');
  const canSeeFleet = me.permissions.includes('fleet_view');
  const loadedAt = client.getQueryState(keys.queue('open'))?.dataUpdatedAt ?? 0;

  useShortcuts({ '?': () => setHelpOpen(true) });

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link href="/" className="brand" aria-label="Lapwing, start page">
          <Lapwing size={32} />
          <span className="brand-name">Lapwing</span>
        </Link>
        <span className="school">{me.school.name}</span>
        <nav aria-label="Main" className="nav">
          {canReview && <NavLink href="/queue">Queue</NavLink>}
          {canReview && <NavLink href="/decided">Decided</NavLink>}
          {canSeeFleet && <NavLink href="/devices">Devices</NavLink>}
        </nav>
        <div className="top-end">
          <Button
            variant="quiet"
            icon={isDark(theme) ? 'sun' : 'moon'}
            aria-label={isDark(theme) ? 'Use light colours' : 'Use dark colours'}
            onPress={() => setTheme(isDark(theme) ? 'light' : 'dark')}
          >
            {''}
          </Button>
          <Button variant="quiet" icon="help" aria-label="Help and keys" onPress={() => setHelpOpen(true)}>
            {''}
          </Button>
          <span className="person">
            <strong>{me.displayName}</strong>
            <span>{ROLE_WORDS[me.role]}</span>
          </span>
          <Button size="small" onPress={onSignOut}>
            Sign out
          </Button>
        </div>
      </header>
      {notice}
      {connection === 'lost' && (
        <Banner tone="warning" icon="offline">
          No connection to the server. {loadedAt > 0 && `Last updated ${times.short(loadedAt, now)}. `}We’ll
          keep trying; nothing you’ve written is lost.
        </Banner>
      )}
      <p className="hidden-visually" role="status">
        {news}
      </p>
      <Routes canReview={canReview} canSeeFleet={canSeeFleet} />
      <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      <TitleOfPage />
    </div>
  );
}

function Routes({ canReview, canSeeFleet }: { canReview: boolean; canSeeFleet: boolean }) {
  const [isOpenList, openList] = useRoute('/queue/:id?');
  const [isDecidedList, decidedList] = useRoute('/decided/:id?');
  const [isDevices] = useRoute('/devices');
  const [isHome] = useRoute('/');
  if (isHome) return <Redirect to={canReview ? '/queue' : '/devices'} replace />;
  if (canReview && isOpenList) return <ReviewPage key="open" show="open" openId={openList.id ?? null} />;
  if (canReview && isDecidedList)
    return <ReviewPage key="closed" show="closed" openId={decidedList.id ?? null} />;
  if (canSeeFleet && isDevices) return <DevicesPage />;
  return (
    <main className="nowhere" id="main">
      <EmptyState title="There’s nothing here for you" isPage>
        <p>The page doesn’t exist, or your account isn’t allowed to see it.</p>
        <Link href="/">Go to your start page</Link>
      </EmptyState>
    </main>
  );
}

function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const [location] = useLocation();
  const isHere = location === href || location.startsWith(`${href}/`);
  return (
    <Link href={href} className="nav-link" aria-current={isHere ? 'page' : undefined}>
      {children}
      {href === '/queue' && <QueueCount />}
    </Link>
  );
}

/** How many wait, from what the queue last loaded. */
function useCounts(): QueuePage['counts'] | undefined {
  const client = useQueryClient();
  const [counts, setCounts] = useState<QueuePage['counts']>();
  useEffect(() => {
    const read = () => {
      const data = client.getQueryData<{ pages: QueuePage[] }>(keys.queue('open'));
      setCounts(data?.pages[0]?.counts);
    };
    read();
    return client.getQueryCache().subscribe(read);
  }, [client]);
  return counts;
}

function QueueCount() {
  const counts = useCounts();
  if (counts === undefined || counts.open === 0) return null;
  return (
    <>
      <span className="nav-count">
        {counts.open}
        <span className="hidden-visually"> waiting</span>
      </span>
      {counts.critical > 0 && (
        <span className="nav-critical" title={`${counts.critical} critical`}>
          <SeverityMark severity="critical" word={false} />
          {counts.critical}
          <span className="hidden-visually"> critical</span>
        </span>
      )}
    </>
  );
}

function TitleOfPage() {
  const counts = useCounts();
  const [location] = useLocation();
  const page = location.startsWith('/devices')
    ? 'Devices'
    : location.startsWith('/decided')
      ? 'Decided'
      : 'Queue';
  useEffect(() => {
    const critical = counts !== undefined && counts.critical > 0 ? `${counts.critical} critical · ` : '';
    document.title = `${critical}${page} · Lapwing`;
  }, [counts, page]);
  return null;
}

function isDark(theme: 'light' | 'dark' | null): boolean {
  return theme === null ? window.matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
