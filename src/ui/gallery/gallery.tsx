import { type ReactNode, useEffect, useState } from 'react';
import {
  Banner,
  Button,
  Choices,
  Dialog,
  EmptyState,
  excerpt,
  HostileText,
  ICON_NAMES,
  Icon,
  Key,
  Lapwing,
  SeverityMark,
  TextArea,
  TextField,
  Toast,
} from '../index.ts';
import { Figures } from './figures.tsx';

/** Every token and widget on one page. Look at it, light and dark, whenever one of them changes. */
export function Gallery() {
  const [theme, setTheme] = useState<'light' | 'dark' | null>(null);
  useEffect(() => {
    if (theme === null) delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <main className="gallery">
      <header>
        <Lapwing size={96} />
        <div>
          <h1>Tokens and widgets</h1>
          <p>What the console and the pupils’ windows are made of.</p>
        </div>
        <div className="gallery-row gallery-theme">
          {(['light', 'dark', null] as const).map((each) => (
            <Button key={String(each)} size="small" onPress={() => setTheme(each)}>
              {each === null ? 'As the system' : each === 'light' ? 'Light' : 'Dark'}
            </Button>
          ))}
        </div>
      </header>
      <Figures />
      <Part title="Severity">
        <div className="gallery-row">
          <SeverityMark severity="critical" />
          <SeverityMark severity="high" />
          <SeverityMark severity="medium" />
          <SeverityMark severity="low" />
        </div>
      </Part>
      <Part title="Buttons">
        <div className="gallery-row">
          <Button variant="primary" shortcut="p">
            Pass to DSL
          </Button>
          <Button shortcut="n">No concern</Button>
          <Button variant="quiet" icon="undo">
            Undo
          </Button>
          <Button variant="urgent" icon="hand">
            I need help now
          </Button>
          <Button variant="primary" isDisabled>
            Saving …
          </Button>
          <Button size="small">Small</Button>
          <Button variant="primary" size="large">
            Send to Mrs Okafor
          </Button>
        </div>
      </Part>
      <Fields />
      <Part title="Hostile text">
        <ul className="gallery-list">
          <li>
            <HostileText text={'how to <b>hurt myself</b> & more'} spans={[{ start: 10, end: 21 }]} />
          </li>
          <li>
            <HostileText text={'harmless\u202egnp.exe\u0000\u0000\u0007 zero\u200bwidth \ud800 end'} />
          </li>
          <li>
            <HostileText
              text=""
              segments={excerpt(
                `${'before '.repeat(30)}the words that matter${' after'.repeat(30)}`,
                [{ start: 210, end: 231 }],
                90,
              )}
            />
          </li>
          <li className="gallery-narrow">
            <HostileText text={`https://example.org/${'a'.repeat(120)}`} />
          </li>
        </ul>
      </Part>
      <Part title="Notices">
        <Banner tone="calm">With the DSL</Banner>
        <Banner tone="warning" icon="offline">
          No connection to the server. Last updated 14:02.
        </Banner>
        <Toast onClose={() => {}} action={<Button size="small">Undo</Button>}>
          No concern.
        </Toast>
        <Overlay />
        <EmptyState title="Nothing waiting" picture={<Lapwing size={64} />}>
          <p>Last flag yesterday 14:02. 118 of 120 devices watching.</p>
        </EmptyState>
      </Part>
      <Part title="Icons">
        <div className="gallery-row">
          {ICON_NAMES.map((name) => (
            <span key={name} className="gallery-icon">
              <Icon name={name} size={24} />
              {name}
            </span>
          ))}
        </div>
        <p>
          <Key>j</Key> <Key>Enter</Key> <Key>?</Key>
        </p>
      </Part>
    </main>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="gallery-part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fields() {
  const [choice, setChoice] = useState('a');
  return (
    <Part title="Fields">
      <div className="gallery-fields">
        <TextField label="Username" />
        <TextField label="Password" type="password" error="Write your password" />
        <TextArea label="What was done, and by whom" description="It stays in the history." />
        <Choices
          label="Who would you like to talk to?"
          choices={[
            {
              value: 'a',
              label: 'Mrs Okafor',
              description: 'Head of Year 8',
              picture: <Icon name="person" size={32} />,
            },
            { value: 'b', label: 'Anyone, I have no preference', picture: <Icon name="people" size={32} /> },
          ]}
          value={choice}
          onChange={setChoice}
        />
      </div>
    </Part>
  );
}

function Overlay() {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="gallery-row">
      <Button onPress={() => setOpen(true)}>Open a dialog</Button>
      <Dialog title="Keys" isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>What floats has the one shadow.</p>
      </Dialog>
    </div>
  );
}
