import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Result } from '#kernel';
import type { ConsoleApi, QueuePage, Show } from './client.ts';
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
    queryFn: ({ pageParam, client, queryKey }) => {
      const loaded = client.getQueryData<InfiniteData<QueuePage, string | null>>(queryKey);
      const cause = loaded?.pageParams.includes(pageParam) ? 'background' : 'person';
      return unwrap(api.queue(show, pageParam, cause));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: reloadEveryMs,
  });
}

/**
 * One item. Loading it is a view in the audit trail, so that happens when a person opens it; a reload because it
 * changed under their eyes is marked as one, and nothing is loaded by the clock or by coming back to the window.
 */
export function useItem(api: ConsoleApi, id: string) {
  return useQuery({
    queryKey: keys.item(id),
    queryFn: ({ client, queryKey }) =>
      unwrap(api.item(id, client.getQueryData(queryKey) === undefined ? 'person' : 'background')),
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
