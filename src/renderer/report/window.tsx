import { type FormEvent, type KeyboardEvent, type ReactNode, useReducer, useState } from 'react';
import type { RendererApi } from '#ipc';
import { Banner, Button, Lapwing } from '#ui';
import { levelOf } from '../shared/level.ts';
import { Sent, Urgent } from './after.tsx';
import {
  isEmpty,
  isOneAtATime,
  type Opened,
  openFlow,
  reduceFlow,
  reportOf,
  type Step,
  stepsOf,
} from './flow.ts';
import { Foot } from './foot.tsx';
import { AboutQuestion, ScreenQuestion, TextQuestion, WhoQuestion } from './questions.tsx';
import { REPORT_TEXTS, type ReportTexts } from './texts.ts';

/** The report window: a pupil tells an adult something. Works offline; never loses what was typed. */
export function ReportWindow({ bridge, opened }: { bridge: RendererApi; opened: Opened }) {
  const level = levelOf(opened.audience);
  const texts = REPORT_TEXTS[level];
  const [flow, dispatch] = useReducer(reduceFlow, opened, openFlow);
  const [isLeaving, setLeaving] = useState(false);
  const [isNothingYet, setNothingYet] = useState(false);
  const oneAtATime = isOneAtATime(level);
  const steps = stepsOf(opened);
  const contactName = opened.contacts.find(({ id }) => id === flow.contactId)?.name ?? null;
  const isLast = !oneAtATime || flow.step === steps.at(-1);
  const isBusy = flow.outcome === 'sending' || flow.outcome === 'urgent_sending';
  const isDone = flow.outcome === 'sent';
  const isUrgent = flow.outcome.startsWith('urgent_');

  async function send(urgent: boolean): Promise<void> {
    if (isBusy) return;
    dispatch({ kind: 'send', urgent });
    const answer = await bridge
      .invoke('report.send', reportOf(flow, urgent))
      .catch(() => ({ state: 'failed' as const }));
    dispatch({ kind: 'answered', urgent, saved: answer.state === 'saved' });
  }

  function goOn(): void {
    if (isDone || isUrgent) return;
    setLeaving(false);
    const next = steps[steps.indexOf(flow.step) + 1];
    if (oneAtATime && next !== undefined) return dispatch({ kind: 'step', step: next });
    setNothingYet(isEmpty(flow));
    if (!isEmpty(flow)) void send(false);
    else if (oneAtATime) dispatch({ kind: 'step', step: 'about' });
  }

  function close(): void {
    const hasUnsent = flow.text.trim() !== '' && !isDone && flow.outcome !== 'urgent_sent';
    if (hasUnsent && !isLeaving) return setLeaving(true);
    void bridge.invoke('window.close', undefined);
  }

  /** Ctrl+Enter goes on from wherever the focus is; on the way down, because choices keep their keys to themselves. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    goOn();
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    goOn();
  }

  const questions = { flow, opened, texts, dispatch, isAlone: oneAtATime };
  return (
    <form className="window" onSubmit={onSubmit} onKeyDownCapture={onKeyDown}>
      <header className="window-head">
        <Lapwing size={36} />
        <span className="window-name">{texts.window}</span>
        {!isUrgent && (
          <Button variant="urgent" icon="hand" onPress={() => void send(true)}>
            {texts.helpNow}
          </Button>
        )}
      </header>
      {isUrgent ? (
        <Urgent
          opened={opened}
          texts={texts}
          contactName={contactName}
          state={
            flow.outcome === 'urgent_sent' ? 'sent' : flow.outcome === 'urgent_failed' ? 'failed' : 'sending'
          }
          onTryAgain={() => void send(true)}
        />
      ) : isDone ? (
        <Sent opened={opened} texts={texts} contactName={contactName} />
      ) : (
        <main className="window-body" key={oneAtATime ? flow.step : 'page'}>
          {flow.outcome === 'failed' && <Banner tone="warning">{texts.failed}</Banner>}
          {isNothingYet && isEmpty(flow) && <Banner tone="calm">{texts.nothingYet}</Banner>}
          {oneAtATime ? (
            <OneQuestion step={flow.step} questions={questions} schoolName={opened.schoolName} />
          ) : (
            <>
              <h1>{texts.window}</h1>
              <AboutQuestion {...questions} autoFocus />
              <TextQuestion {...questions} />
              {steps.includes('who') && (
                <div>
                  <WhoQuestion {...questions} />
                  <p className="soft note">{texts.whoHint(opened.schoolName)}</p>
                </div>
              )}
              {steps.includes('screen') && (
                <section>
                  <h2>{texts.screenTitle}</h2>
                  <p className="soft note">{texts.screenHint}</p>
                  <ScreenQuestion {...questions} />
                </section>
              )}
            </>
          )}
        </main>
      )}
      <Foot
        flow={flow}
        texts={texts}
        canGoBack={oneAtATime && flow.step !== 'about'}
        onWords={isLast ? sendWords(texts, contactName) : texts.next}
        isLeaving={isLeaving}
        onBack={() => dispatch({ kind: 'step', step: before(steps, flow.step) })}
        onWriteMore={() => dispatch({ kind: 'write_more' })}
        onStay={() => setLeaving(false)}
        onClose={close}
      />
    </form>
  );
}

function sendWords(texts: ReportTexts, contactName: string | null): string {
  return contactName === null ? texts.sendToAnyone : texts.sendTo(contactName);
}

function before(steps: readonly Step[], step: Step): Step {
  return steps[steps.indexOf(step) - 1] ?? 'about';
}

interface OneQuestionProps {
  step: Step;
  schoolName: string;
  questions: Omit<Parameters<typeof AboutQuestion>[0], 'autoFocus'>;
}

/** One question with its heading, its first control in focus. */
function OneQuestion({ step, schoolName, questions }: OneQuestionProps) {
  const { texts } = questions;
  const shown: Record<Step, { title: string; hint: string | null; control: ReactNode }> = {
    about: { title: texts.aboutTitle, hint: null, control: <AboutQuestion {...questions} autoFocus /> },
    text: {
      title: texts.textTitle,
      hint: texts.textHint,
      control: <TextQuestion {...questions} autoFocus />,
    },
    who: {
      title: texts.whoTitle,
      hint: texts.whoHint(schoolName),
      control: <WhoQuestion {...questions} autoFocus />,
    },
    screen: {
      title: texts.screenTitle,
      hint: texts.screenHint,
      control: <ScreenQuestion {...questions} autoFocus />,
    },
  };
  const { title, hint, control } = shown[step];
  return (
    <>
      <div>
        <h1>{title}</h1>
        {hint !== null && <p className="soft">{hint}</p>}
      </div>
      {control}
    </>
  );
}
