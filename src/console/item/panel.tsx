import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ItemResponse } from '#contract';
import { Banner, Button, EmptyState } from '#ui';
import { type Decision, explain, type Failure, failureOf, keys, useItem } from '../api/index.ts';
import { STATE_WORDS } from '../words/index.ts';
import { catchFocus, useWorld } from '../world/index.ts';
import { CaptureEvidence } from './capture.tsx';
import { Decide } from './decide.tsx';
import { History } from './history.tsx';
import { ReportEvidence } from './report.tsx';
import { ScreenshotPart } from './screenshot.tsx';

interface ItemPanelProps {
  id: string;
  /** Takes the focus once it is open, unless somebody holds it. */
  takesFocus: boolean;
  /** Told after the server has taken a decision, with the item as it now stands. */
  onDecided(response: ItemResponse, decision: Decision): void;
  onBack(): void;
}

/** One capture or report, opened beside the list. */
export function ItemPanel({ id, takesFocus, onDecided, onBack }: ItemPanelProps) {
  const { api } = useWorld();
  const client = useQueryClient();
  const query = useItem(api, id);
  const isOpened = !query.isPending;

  useEffect(() => {
    if (takesFocus && isOpened) catchFocus();
  }, [takesFocus, isOpened]);

  async function decide(decision: Decision): Promise<Failure | null> {
    const result = await api.decide(id, decision);
    if (!result.ok) {
      if (result.error.kind === 'state_changed') await client.invalidateQueries({ queryKey: keys.item(id) });
      return result.error;
    }
    client.setQueryData(keys.item(id), result.value);
    // First on to the next one, by the order the person sees; the list follows.
    onDecided(result.value, decision);
    void client.invalidateQueries({ queryKey: keys.queues });
    return null;
  }

  return (
    <article className="item" aria-labelledby="item-title" aria-busy={query.isPending}>
      <div className="item-back">
        <Button variant="quiet" icon="back" onPress={onBack}>
          Back to the list
        </Button>
      </div>
      {query.isPending && (
        <p className="item-loading" role="status">
          Opening …
        </p>
      )}
      {query.isError && query.data === undefined && (
        <EmptyState title="This couldn’t be opened" isPage>
          <p>{explain(failureOf(query.error))}</p>
          <Button onPress={() => void query.refetch()}>Try again</Button>
        </EmptyState>
      )}
      {query.data !== undefined && <Opened response={query.data} decide={decide} />}
    </article>
  );
}

interface OpenedProps {
  response: ItemResponse;
  decide(decision: Decision): Promise<Failure | null>;
}

function Opened({ response, decide }: OpenedProps) {
  const { api } = useWorld();
  const { item } = response;
  const screenshot = item.kind === 'capture' ? item.capture.screenshot : item.report.screenshot;
  return (
    <>
      <div className="item-body">
        {item.state !== 'waiting' && (
          <Banner tone="calm" icon={item.state === 'passed' ? 'forward' : 'check'}>
            {STATE_WORDS[item.state]}
          </Banner>
        )}
        {item.kind === 'capture' ? <CaptureEvidence item={item} /> : <ReportEvidence item={item} />}
        {screenshot !== null && (
          <ScreenshotPart url={api.screenshotUrl(item.id)} facts={screenshot} arrived={response.screenshot} />
        )}
        <History entries={response.history} />
      </div>
      <Decide response={response} decide={decide} />
    </>
  );
}
