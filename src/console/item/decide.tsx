import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type ItemResponse, MAX_NOTE_LENGTH } from '#contract';
import { Banner, Button, TextArea } from '#ui';
import { type Decision, explain, type Failure } from '../api/index.ts';
import { catchFocus, useShortcuts, useWorld } from '../world/index.ts';

type Kind = Decision['decision'];

interface Wording {
  button: string;
  key: string;
  label: string;
  description: string;
  confirm: string;
  /** A record of what was done says nothing without words. */
  needsNote: boolean;
}

const WORDING: Record<Kind, Wording> = {
  no_concern: {
    button: 'No concern',
    key: 'n',
    label: 'Why it’s no concern',
    description: 'Optional. It stays in the history.',
    confirm: 'Mark no concern',
    needsNote: false,
  },
  pass: {
    button: 'Pass to DSL',
    key: 'p',
    label: 'What the DSL should know',
    description: 'Optional. The DSL sees everything you see.',
    confirm: 'Pass to DSL',
    needsNote: false,
  },
  record_action: {
    button: 'Record what was done',
    key: 'a',
    label: 'What was done, and by whom',
    description: 'For example who spoke to the pupil, who was told, and what happens next.',
    confirm: 'Record and close',
    needsNote: true,
  },
  reopen: {
    button: 'Open again',
    key: 'o',
    label: 'Why it’s opened again',
    description: 'Optional. It goes back to the queue.',
    confirm: 'Open again',
    needsNote: false,
  },
};

/** Left to right, the likeliest step nearest the hand. */
const ORDER: readonly Kind[] = ['reopen', 'no_concern', 'pass', 'record_action'];

interface DecideProps {
  response: ItemResponse;
  decide(decision: Decision): Promise<Failure | null>;
}

/** The decisions at the bottom right, each with a note. `n`, then Enter, is a whole decision. */
export function Decide({ response, decide }: DecideProps) {
  const [chosen, setChosen] = useState<Kind | null>(null);
  const allowed = ORDER.filter((kind) => response.allowed.includes(kind));
  const isChosenAllowed = chosen !== null && allowed.includes(chosen);
  /** Whose form was left without a decision: its button takes the focus back. */
  const [cancelled, setCancelled] = useState<Kind | null>(null);

  useShortcuts(Object.fromEntries(allowed.map((kind) => [WORDING[kind].key, () => setChosen(kind)])));
  useEffect(() => {
    // Somebody else was quicker, and the form has gone with the focus in it.
    if (chosen !== null && !isChosenAllowed) catchFocus();
  }, [chosen, isChosenAllowed]);

  function cancel(): void {
    setCancelled(chosen);
    setChosen(null);
  }

  if (isChosenAllowed) {
    return <DecisionForm key={chosen} kind={chosen} response={response} decide={decide} onCancel={cancel} />;
  }
  if (allowed.length === 0) return null;
  return (
    <div className="decide">
      <div className="decide-buttons">
        {allowed.map((kind, index) => (
          <Button
            key={kind}
            variant={index === allowed.length - 1 ? 'primary' : 'secondary'}
            shortcut={WORDING[kind].key}
            autoFocus={kind === cancelled}
            onPress={() => setChosen(kind)}
          >
            {WORDING[kind].button}
          </Button>
        ))}
      </div>
    </div>
  );
}

interface DecisionFormProps extends DecideProps {
  kind: Kind;
  onCancel(): void;
}

function DecisionForm({ kind, response, decide, onCancel }: DecisionFormProps) {
  const { drafts } = useWorld();
  const { item } = response;
  const wording = WORDING[kind];
  const [note, setNote] = useState(() => drafts.read(item.id));
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => field.current?.focus(), []);
  useEffect(() => drafts.write(item.id, note), [drafts, item.id, note]);

  async function save(): Promise<void> {
    if (isBusy) return;
    if (wording.needsNote && note.trim() === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    setBusy(true);
    setFailure(null);
    const failed = await decide({ decision: kind, note, from: item.state });
    if (failed === null) return drafts.write(item.id, '');
    setBusy(false);
    setFailure(failed);
    // The button was out of use while it saved, and a button out of use holds no focus.
    field.current?.focus();
  }

  /** Enter saves a short note; what was done is longer, so there Enter is a new line and Ctrl+Enter saves. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') onCancel();
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    const saves = event.ctrlKey || event.metaKey || (!wording.needsNote && !event.shiftKey);
    if (!saves) return;
    event.preventDefault();
    void save();
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    void save();
  }

  return (
    <form className="decide decide-open" onSubmit={onSubmit}>
      {failure !== null && <Banner tone="warning">{explain(failure)}</Banner>}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys typed in the field bubble up to here */}
      <div onKeyDown={onKeyDown}>
        <TextArea
          label={wording.label}
          description={wording.description}
          rows={wording.needsNote ? 4 : 1}
          value={note}
          onChange={(text) => {
            setNote(text);
            setMissing(false);
          }}
          maxLength={MAX_NOTE_LENGTH}
          error={isMissing ? 'Write what was done; the record is empty without it.' : undefined}
          inputRef={field}
        />
      </div>
      <div className="decide-buttons">
        <span className="decide-hint">
          {wording.needsNote ? 'Ctrl + Enter saves' : 'Enter saves, Shift + Enter starts a line'}
        </span>
        <Button variant="quiet" shortcut="Esc" onPress={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" isDisabled={isBusy}>
          {isBusy ? 'Saving …' : wording.confirm}
        </Button>
      </div>
    </form>
  );
}
