import { type RefObject, useEffect, useMemo, useRef } from 'react';
import type { QueueItem } from '#contract';
import { Banner, Button, EmptyState, Icon, Lapwing } from '#ui';
import { explain, failureOf, type QueuePage, type Show, useQueue } from '../api/index.ts';
import { count, searchableText } from '../words/index.ts';
import { useNow, useShortcuts, useWorld } from '../world/index.ts';
import { QueueRow } from './row.tsx';

interface QueueListProps {
  show: Show;
  openId: string | null;
  hrefOf(id: string): string;
  search: string;
  onSearch(search: string): void;
  /** Told the order on screen, so that a decision can move on to what comes next. */
  onOrder(ids: string[]): void;
}

/** The list on the left: loaded pages, filtered by the search field, worked by `j`, `k`, `Enter` and `/`. */
export function QueueList({ show, openId, hrefOf, search, onSearch, onOrder }: QueueListProps) {
  const { api } = useWorld();
  const queue = useQueue(api, show);
  const list = useRef<HTMLUListElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const pages = queue.data?.pages ?? [];
  const items = useMemo(() => filterItems(distinct(queue.data?.pages ?? []), search), [queue.data, search]);
  const unreadable = pages.reduce((sum, page) => sum + page.unreadable, 0);

  useEffect(() => onOrder(items.map((item) => item.id)), [items, onOrder]);
  useShortcuts({
    j: () => moveFocus(list, openId, 1),
    k: () => moveFocus(list, openId, -1),
    '/': () => searchField.current?.focus(),
  });

  return (
    <section className="queue" aria-label={show === 'open' ? 'Waiting' : 'Decided'}>
      <div className="queue-search lw-search">
        <Icon name="search" size={18} />
        <input
          ref={searchField}
          type="search"
          aria-label="Search in what is loaded"
          aria-keyshortcuts="/"
          placeholder="Search names, devices, words"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              onSearch('');
              event.currentTarget.blur();
            }
            if (event.key === 'Enter' || event.key === 'ArrowDown') {
              event.preventDefault();
              moveFocus(list, null, 1);
            }
          }}
        />
        <span className="lw-key" aria-hidden="true">
          /
        </span>
      </div>
      {unreadable > 0 && (
        <Banner tone="warning">
          {count(unreadable, 'thing')} in the queue can’t be shown. Reload the page; if this stays, tell your
          technician at once.
        </Banner>
      )}
      {queue.isPending && <LoadingRows />}
      {queue.isError && queue.data === undefined && (
        <EmptyState title="The queue couldn’t be loaded" picture={<Icon name="offline" size={40} />}>
          <p>{explain(failureOf(queue.error))}</p>
          <Button onPress={() => void queue.refetch()}>Try again</Button>
        </EmptyState>
      )}
      {queue.data !== undefined && items.length === 0 && (unreadable === 0 || search !== '') && (
        <NothingHere show={show} page={pages[0]} search={search} onClear={() => onSearch('')} />
      )}
      <ul className="queue-rows" ref={list}>
        {items.map((item) => (
          <QueueRow key={item.id} item={item} href={hrefOf(item.id)} isOpen={item.id === openId} />
        ))}
      </ul>
      {queue.hasNextPage && (
        <div className="queue-more">
          <Button isDisabled={queue.isFetchingNextPage} onPress={() => void queue.fetchNextPage()}>
            {queue.isFetchingNextPage ? 'Loading …' : 'Load more'}
          </Button>
        </div>
      )}
      {search !== '' && items.length > 0 && (
        <p className="queue-note" role="status">
          {count(items.length, 'match', 'matches')} in what is loaded
        </p>
      )}
    </section>
  );
}

/** Pages are loaded one after the other, so an item that moved in between may come twice. */
function distinct(pages: readonly QueuePage[]): QueueItem[] {
  const seen = new Map<string, QueueItem>();
  for (const item of pages.flatMap((page) => page.items)) if (!seen.has(item.id)) seen.set(item.id, item);
  return [...seen.values()];
}

function filterItems(items: QueueItem[], search: string): QueueItem[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  return items.filter((item) => {
    const text = searchableText(item);
    return words.every((word) => text.includes(word));
  });
}

/** Moves the focus among the rows, from the focused one, else from the open one. */
function moveFocus(list: RefObject<HTMLUListElement | null>, openId: string | null, step: 1 | -1): void {
  const rows = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a[data-item]') ?? [])];
  const focused = rows.indexOf(document.activeElement as HTMLAnchorElement);
  const open = rows.findIndex((row) => row.dataset['item'] === openId);
  const from = focused !== -1 ? focused : open;
  const next = from === -1 ? (step === 1 ? 0 : rows.length - 1) : from + step;
  const row = rows[Math.min(rows.length - 1, Math.max(0, next))];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

function LoadingRows() {
  return (
    <div role="status" className="queue-loading">
      <span className="hidden-visually">Loading the queue</span>
      {['a', 'b', 'c', 'd', 'e'].map((key) => (
        <div key={key} className="row-ghost" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

interface NothingHereProps {
  show: Show;
  page: QueuePage | undefined;
  search: string;
  onClear(): void;
}

function NothingHere({ show, page, search, onClear }: NothingHereProps) {
  const { times } = useWorld();
  const now = useNow();
  if (search !== '') {
    return (
      <EmptyState title="No match">
        <p>Nothing that’s loaded has all of these words.</p>
        <Button onPress={onClear}>Clear the search</Button>
      </EmptyState>
    );
  }
  if (show === 'closed') {
    return (
      <div className="queue-nothing">
        <EmptyState title="Nothing decided yet" picture={<Lapwing size={96} />}>
          <p>What’s marked no concern, or has an action recorded, is kept here.</p>
        </EmptyState>
      </div>
    );
  }
  const last = page?.lastItemAt ?? null;
  const devices = page?.devices ?? { total: 0, watching: 0 };
  return (
    <div className="queue-nothing">
      <EmptyState title="Nothing waiting" picture={<Lapwing size={96} />}>
        <p>
          {last === null ? 'Nothing has been flagged so far.' : `Last flag ${times.short(last, now)}.`}{' '}
          {devices.total === 0
            ? 'No device has joined yet.'
            : `${devices.watching} of ${count(devices.total, 'device')} watching.`}
        </p>
      </EmptyState>
    </div>
  );
}
