import type { Report } from '#contract';
import { MAX_NOTE_LENGTH } from '#contract';
import { Button, Choices, HostileText, TextArea } from '#ui';
import type { Flow, FlowAction, Opened } from './flow.ts';
import { Picture } from './pictures.tsx';
import type { ReportTexts } from './texts.ts';

interface QuestionProps {
  flow: Flow;
  opened: Opened;
  texts: ReportTexts;
  dispatch(action: FlowAction): void;
  /** The question is the page's heading, so its group needs no label of its own. */
  isAlone: boolean;
  autoFocus?: boolean;
}

const ABOUT_ORDER: readonly Report['about'][] = [
  'something_i_saw',
  'someone_to_me',
  'someone_else',
  'how_i_feel',
  'something_else',
];

/** The value of "anyone" among the contacts' ids, which are never empty. */
const ANYONE = '';

export function AboutQuestion({ flow, texts, dispatch, isAlone, autoFocus = false }: QuestionProps) {
  return (
    <Choices
      label={texts.aboutTitle}
      hideLabel={isAlone}
      choices={ABOUT_ORDER.map((about) => ({
        value: about,
        label: texts.about[about],
        picture: <Picture about={about} />,
      }))}
      value={flow.about}
      onChange={(about) => dispatch({ kind: 'about', about })}
      autoFocus={autoFocus}
    />
  );
}

export function TextQuestion({ flow, texts, dispatch, isAlone, autoFocus = false }: QuestionProps) {
  return (
    <TextArea
      label={texts.textLabel}
      hideLabel={isAlone}
      {...(isAlone ? {} : { description: texts.textHint })}
      rows={isAlone ? 6 : 4}
      value={flow.text}
      onChange={(text) => dispatch({ kind: 'text', text })}
      maxLength={MAX_NOTE_LENGTH}
      autoFocus={autoFocus}
    />
  );
}

export function WhoQuestion({ flow, opened, texts, dispatch, isAlone, autoFocus = false }: QuestionProps) {
  return (
    <Choices
      label={texts.whoTitle}
      hideLabel={isAlone}
      choices={[
        ...opened.contacts.map(({ id, name, role }) => ({ value: id, label: name, description: role })),
        { value: ANYONE, label: texts.anyone },
      ]}
      value={flow.contactId ?? ANYONE}
      onChange={(id) => dispatch({ kind: 'who', contactId: id === ANYONE ? null : id })}
      autoFocus={autoFocus}
    />
  );
}

export function ScreenQuestion({ flow, opened, texts, dispatch, autoFocus = false }: QuestionProps) {
  const { inFront } = opened;
  if (inFront === null) return null;
  return (
    <div className={flow.attach ? 'in-front' : 'in-front in-front-out'}>
      <div className="in-front-window">
        <span className="in-front-app">
          <HostileText text={inFront.app} />
        </span>
        <span className="in-front-title">
          <HostileText text={inFront.title === '' ? inFront.app : inFront.title} />
        </span>
      </div>
      <div className="in-front-choice">
        <p role="status">{flow.attach ? texts.screenKept : texts.screenLeftOut}</p>
        <Button autoFocus={autoFocus} onPress={() => dispatch({ kind: 'attach', attach: !flow.attach })}>
          {flow.attach ? texts.leaveOut : texts.putBack}
        </Button>
      </div>
    </div>
  );
}
