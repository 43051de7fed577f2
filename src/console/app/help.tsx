import { Dialog, Key } from '#ui';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['j', 'k'], 'Next or previous in the list'],
  [['Enter'], 'Open what is chosen'],
  [['n'], 'No concern, then Enter'],
  [['p'], 'Pass to the DSL, then Enter'],
  [['a'], 'Record what was done'],
  [['o'], 'Open a decided one again'],
  [['r'], 'Show or hide the screenshot'],
  [['z'], 'Undo your last decision'],
  [['/'], 'Search in what is loaded'],
  [['Esc'], 'Leave a field or close what is open'],
  [['?'], 'This help'],
];

/** The keys, and what the shapes mean. */
export function Help({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <Dialog title="Keys" isOpen={isOpen} onClose={onClose}>
      <dl className="help-keys">
        {KEYS.map(([names, does]) => (
          <div key={does}>
            <dt>
              {names.map((name) => (
                <Key key={name}>{name}</Key>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        Times are in the school’s time zone. Opening a capture or its screenshot is written in its history.
      </p>
    </Dialog>
  );
}
