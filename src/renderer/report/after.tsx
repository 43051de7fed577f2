import { useEffect, useRef } from 'react';
import { Banner, Button, HostileText } from '#ui';
import { Helplines } from '../shared/helplines.tsx';
import type { Opened } from './flow.ts';
import type { ReportTexts } from './texts.ts';

interface AfterProps {
  opened: Opened;
  texts: ReportTexts;
  contactName: string | null;
}

/** After sending: a reassurance, the school's own if it has one, and what happens next, in plain words. */
export function Sent({ opened, texts, contactName }: AfterProps) {
  const reassurance = opened.ownWords.length > 0 ? opened.ownWords : [texts.reassurance];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls must be reachable by keyboard
    <main className="window-body" tabIndex={0}>
      <Title words={texts.sentTitle} />
      <Lines lines={[...reassurance, ...texts.sentNext(opened.schoolName, contactName)]} />
      <Helplines title={texts.helplinesTitle} lines={opened.helplines} />
    </main>
  );
}

interface UrgentProps extends AfterProps {
  state: 'sending' | 'sent' | 'failed';
  onTryAgain(): void;
}

/** After "I need help now": first where to go, whatever became of the message. */
export function Urgent({ opened, texts, contactName, state, onTryAgain }: UrgentProps) {
  const lines = texts.urgentNext(opened.schoolName, contactName);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls must be reachable by keyboard
    <main className="window-body" tabIndex={0}>
      <Title words={texts.urgentTitle} />
      {state === 'failed' && (
        <Banner
          tone="warning"
          action={
            <Button variant="primary" onPress={onTryAgain}>
              {texts.tryAgain}
            </Button>
          }
        >
          {texts.urgentFailed}
        </Banner>
      )}
      {/* That the message is on its way is only said once it is saved; whether it has arrived is not known here. */}
      <Lines lines={state === 'sent' ? lines : lines.filter((_, index) => index !== 1)} />
      <Helplines title={texts.helplinesTitle} lines={opened.helplines} />
    </main>
  );
}

function Title({ words }: { words: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {words}
    </h1>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <div className="after-lines">
      {lines.map((line) => (
        <p key={line}>
          <HostileText text={line} />
        </p>
      ))}
    </div>
  );
}
