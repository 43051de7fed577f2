import type { Report } from '#contract';
import type { ChannelInput, ChannelOutput } from '#ipc';
import type { Level } from '../shared/level.ts';

export type Opened = ChannelOutput<'report.open'>;
export type Step = 'about' | 'text' | 'who' | 'screen';

/** What the pupil has said so far and where the window stands. Nothing in here is ever thrown away by a failure. */
export interface Flow {
  readonly about: Report['about'] | null;
  readonly text: string;
  /** A contact's id, or null for anyone. */
  readonly contactId: string | null;
  readonly attach: boolean;
  readonly step: Step;
  readonly outcome:
    | 'writing'
    | 'sending'
    | 'failed'
    | 'sent'
    | 'urgent_sending'
    | 'urgent_sent'
    | 'urgent_failed';
}

export type FlowAction =
  | { kind: 'about'; about: Report['about'] }
  | { kind: 'text'; text: string }
  | { kind: 'who'; contactId: string | null }
  | { kind: 'attach'; attach: boolean }
  | { kind: 'step'; step: Step }
  | { kind: 'send'; urgent: boolean }
  | { kind: 'answered'; urgent: boolean; saved: boolean }
  | { kind: 'write_more' };

/** The window as it opens. What was in front is attached, visibly, until the pupil leaves it out. */
export function openFlow(opened: Pick<Opened, 'inFront'>): Flow {
  return {
    about: null,
    text: '',
    contactId: null,
    attach: opened.inFront !== null,
    step: 'about',
    outcome: 'writing',
  };
}

export function reduceFlow(flow: Flow, action: FlowAction): Flow {
  switch (action.kind) {
    case 'about':
      return { ...flow, about: action.about };
    case 'text':
      return { ...flow, text: action.text };
    case 'who':
      return { ...flow, contactId: action.contactId };
    case 'attach':
      return { ...flow, attach: action.attach };
    case 'step':
      return { ...flow, step: action.step };
    case 'send':
      return { ...flow, outcome: action.urgent ? 'urgent_sending' : 'sending' };
    case 'answered':
      if (action.urgent) return { ...flow, outcome: action.saved ? 'urgent_sent' : 'urgent_failed' };
      return { ...flow, outcome: action.saved ? 'sent' : 'failed' };
    case 'write_more':
      return { ...flow, outcome: 'writing' };
  }
}

/** The questions of this window, in order: those without anything to choose are left out. */
export function stepsOf(opened: Pick<Opened, 'contacts' | 'inFront'>): Step[] {
  return ['about', 'text', ...(opened.contacts.length > 0 ? (['who'] as const) : []), ...screenStep(opened)];
}

function screenStep(opened: Pick<Opened, 'inFront'>): Step[] {
  return opened.inFront === null ? [] : ['screen'];
}

/** Young pupils get one question at a time, older ones a page. */
export function isOneAtATime(level: Level): boolean {
  return level !== 'older';
}

/** Nothing is chosen and nothing written: there is nothing to send yet. */
export function isEmpty(flow: Flow): boolean {
  return flow.about === null && flow.text.trim() === '';
}

/** What goes to the agent. A pupil who skips the first question is never held up for it. */
export function reportOf(flow: Flow, urgent: boolean): ChannelInput<'report.send'> {
  return {
    about: flow.about ?? 'something_else',
    text: flow.text.trim(),
    urgent,
    contactId: flow.contactId,
    attach: flow.attach,
  };
}
