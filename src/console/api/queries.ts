import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Result } from '#kernel';
import type { ConsoleApi, Show } from './client.ts';
import { ApiError, type Failure } from './failure.ts';

/** The cache's keys, once. */
export const keys = {
  queues: ['queue'] as const,
  queue: (show: Show) => ['queue', show] as const,
  item: (id: string) => ['item', id] as const,
  devices: ['devices'] as const,
};

/** A lost event must not hide a child's capture for longer than this. */
const reloadEveryMs = 60_000;

async function unwrap<Value>(answer: Promise<Result<Value, Failure>>): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new ApiError(result.error);
  return result.value;
}

/** The queue, page by page, worst first. */
export function useQueue(api: ConsoleApi, show: Show) {
  return useInfiniteQuery({
    queryKey: keys.queue(show),
    queryFn: ({ pageParam }) => unwrap(api.queue(show, pageParam)),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: reloadEveryMs,
  });
}

/**
 * One item. Each load is a view in the audit trail, so it happens when a person opens the item or when the item
 * changed under their eyes, and never by the clock or by coming back to the window.
 */
export function useItem(api: ConsoleApi, id: string) {
  return useQuery({
    queryKey: keys.item(id),
    queryFn: () => unwrap(api.item(id)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });
}

export function useDevices(api: ConsoleApi) {
  return useQuery({
    queryKey: keys.devices,
    queryFn: () => unwrap(api.devices()),
    refetchInterval: reloadEveryMs,
  });
}
