import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { ItemResponse } from '#contract';
import { Button, EmptyState, Key, Lapwing, Toast } from '#ui';
import { type Decision, explain, keys, type Show } from '../api/index.ts';
import { ItemPanel } from '../item/index.ts';
import { QueueList } from '../queue/index.ts';
import { STATE_WORDS } from '../words/index.ts';
import { catchFocus, useShortcuts, useWorld } from '../world/index.ts';

interface Done {
  id: string;
  state: ItemResponse['item']['state'];
  canUndo: boolean;
  message: string;
}

/** The list on the left and what is open on the right; on a narrow screen one or the other. */
export function ReviewPage({ show, openId }: { show: Show; openId: string | null }) {
  const { api } = useWorld();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [search, setSearch] = useState('');
  const [done, setDone] = useState<Done | null>(null);
  /** Once something open has been decided or closed, what comes next takes the focus: what held it has gone. */
  const [leadsFocus, setLeadsFocus] = useState(false);
  const order = useRef<readonly string[]>([]);
  const base = show === 'open' ? '/queue' : '/decided';
  const hrefOf = useCallback((id: string) => `${base}/${id}`, [base]);
  const rememberOrder = useCallback((ids: string[]) => {
    order.current = ids;
  }, []);

  useEffect(() => {
    if (leadsFocus && openId === null) catchFocus();
  }, [leadsFocus, openId]);

  function onDecided(response: ItemResponse, decision: Decision): void {
    const { id, state } = response.item;
    setLeadsFocus(true);
    const message = decision.decision === 'reopen' ? 'Opened again.' : `${STATE_WORDS[state]}.`;
    setDone({
      id,
      state,
      message,
      canUndo: decision.decision !== 'reopen' && response.allowed.includes('reopen'),
    });
    const here = order.current.indexOf(id);
    const next = order.current[here + 1] ?? order.current[here - 1];
    const isWide = window.matchMedia('(min-width: 900px)').matches;
    navigate(isWide && next !== undefined && next !== id ? hrefOf(next) : base);
  }

  async function undo(): Promise<void> {
    if (done === null || !done.canUndo) return;
    setDone(null);
    const result = await api.decide(done.id, { decision: 'reopen', note: '', from: done.state });
    await client.invalidateQueries({ queryKey: keys.queues });
    setDone({
      ...done,
      canUndo: false,
      message: result.ok ? 'Undone: it waits again.' : `Not undone. ${explain(result.error)}`,
    });
    if (result.ok && openId !== done.id) navigate(`/queue/${done.id}`);
    else catchFocus();
  }

  function closeItem(): void {
    setLeadsFocus(true);
    navigate(base);
  }
  useShortcuts({ z: () => void undo(), ['Escape']: openId === null ? undefined : closeItem });

  return (
    <main className="review" id="main" data-open={openId !== null}>
      {openId === null && (
        <h1 className="hidden-visually" tabIndex={-1}>
          {show === 'open' ? 'Queue' : 'Decided'}
        </h1>
      )}
      <QueueList
        key={show}
        show={show}
        openId={openId}
        hrefOf={hrefOf}
        search={search}
        onSearch={setSearch}
        onOrder={rememberOrder}
      />
      {openId === null ? (
        <Nothing />
      ) : (
        <ItemPanel
          key={openId}
          id={openId}
          takesFocus={leadsFocus}
          onDecided={onDecided}
          onBack={closeItem}
        />
      )}
      <div className="toasts" role="status">
        {done !== null && (
          <Toast
            onClose={() => setDone(null)}
            action={
              done.canUndo && (
                <Button size="small" icon="undo" shortcut="z" onPress={() => void undo()}>
                  Undo
                </Button>
              )
            }
          >
            {done.message}
          </Toast>
        )}
      </div>
    </main>
  );
}

function Nothing() {
  return (
    <div className="item item-none">
      <EmptyState title="Choose something on the left" picture={<Lapwing size={64} />}>
        <p>
          <Key>j</Key> <Key>k</Key> move, <Key>Enter</Key> opens, <Key>?</Key> shows every key.
        </p>
      </EmptyState>
    </div>
  );
}
