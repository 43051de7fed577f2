import { useEffect, useRef } from 'react';
import { Button, Icon } from '#ui';
import { LettersButton } from '../shared/letters.tsx';
import type { Flow } from './flow.ts';
import type { ReportTexts } from './texts.ts';

interface FootProps {
  flow: Flow;
  texts: ReportTexts;
  canGoBack: boolean;
  /** What the button that goes on says: the next question, or who it goes to. */
  onWords: string;
  isLeaving: boolean;
  onBack(): void;
  onWriteMore(): void;
  onStay(): void;
  onClose(): void;
}

/** The way on, first in reading and in tab order; choosing other letters and leaving stay quiet beside it. */
export function Foot(props: FootProps) {
  const { flow, texts, canGoBack, onWords, isLeaving, onBack, onWriteMore, onStay, onClose } = props;
  const { outcome } = flow;
  const isSent = outcome === 'sent' || outcome === 'urgent_sent';
  if (isLeaving && !isSent) return <Leaving texts={texts} onStay={onStay} onClose={onClose} />;
  return (
    <footer className="window-foot">
      <div className="window-foot-on">
        {outcome === 'sent' ? (
          <Button variant="primary" size="large" onPress={onClose}>
            {texts.close}
          </Button>
        ) : outcome.startsWith('urgent_') ? (
          <Button onPress={onWriteMore}>{texts.writeMore}</Button>
        ) : (
          <>
            <Button type="submit" variant="primary" size="large" isDisabled={outcome === 'sending'}>
              {outcome === 'sending' ? texts.sending : onWords}
            </Button>
            {canGoBack && (
              <Button size="large" onPress={onBack}>
                {texts.back}
              </Button>
            )}
          </>
        )}
      </div>
      <LettersButton words={{ easier: texts.easierLetters, usual: texts.usualLetters }} />
      {outcome !== 'sent' && (
        <Button variant="quiet" icon="close" onPress={onClose}>
          {texts.close}
        </Button>
      )}
    </footer>
  );
}

/** Asked once before unsent words are thrown away. */
function Leaving({ texts, onStay, onClose }: Pick<FootProps, 'texts' | 'onStay' | 'onClose'>) {
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => stay.current?.focus(), []);
  return (
    <footer className="window-foot">
      <p role="status">
        <Icon name="warning" /> {texts.closeAsk}
      </p>
      <div className="window-foot-leave">
        <Button variant="primary" ref={stay} onPress={onStay}>
          {texts.keepWriting}
        </Button>
        <Button onPress={onClose}>{texts.closeAnyway}</Button>
      </div>
    </footer>
  );
}
