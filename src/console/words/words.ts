import type {
  Category,
  Field,
  ItemResponse,
  ItemState,
  QueueItem,
  Report,
  Role,
  Screenshot,
  Severity,
} from '#contract';

export const CATEGORY_WORDS: Record<Category, string> = {
  self_harm: 'Self-harm',
  suicide: 'Suicide',
  bullying: 'Bullying',
  child_sexual_exploitation: 'Child sexual exploitation',
  extremism: 'Extremism',
  hate: 'Hate',
  violence: 'Violence',
  drugs: 'Drugs',
  pornography: 'Pornography',
  gambling: 'Gambling',
  hacking_bypass: 'Hacking and bypass',
  piracy: 'Piracy',
  illegal_csam: 'Illegal: child sexual abuse material',
  illegal_terrorism: 'Illegal: terrorist material',
};

/** What a severity asks of the reader. */
export const SEVERITY_ASKS: Record<Severity, string> = {
  critical: 'Act on this now, in person.',
  high: 'Look at it today.',
  medium: 'Look at it this week.',
  low: 'Kept for the pattern.',
};

export const FIELD_WORDS: Record<Field, string> = {
  title: "the window's title",
  url: 'the address',
  search: 'what was searched for',
};

export const STATE_WORDS: Record<ItemState, string> = {
  waiting: 'Waiting',
  passed: 'With the DSL',
  no_concern: 'No concern',
  action_recorded: 'Action recorded',
};

export const ROLE_WORDS: Record<Role, string> = {
  technician: 'Technician',
  dsl: 'Safeguarding lead',
  contractor: 'Contractor',
};

export const ABOUT_WORDS: Record<Report['about'], string> = {
  something_i_saw: 'Something they saw',
  someone_to_me: 'Something someone did or said to them',
  someone_else: 'Worried about someone else',
  how_i_feel: 'How they feel',
  something_else: 'Something else',
};

export const ACTION_WORDS: Record<ItemResponse['history'][number]['action'], string> = {
  received: 'Arrived',
  viewed: 'Opened',
  screenshot_viewed: 'Screenshot viewed',
  no_concern: 'Marked no concern',
  passed: 'Passed to the DSL',
  action_recorded: 'Action recorded',
  reopened: 'Opened again',
};

type NoPicture = Extract<Screenshot, { state: 'none' }>['reason'];

/** Why there is no screenshot, as a sentence. */
export const NO_SCREENSHOT_WORDS: Record<NoPicture, string> = {
  locked_category:
    'No screenshot is ever taken in this category. Don’t visit the address; tell the DSL, who tells the police.',
  policy: 'The school’s policy takes no screenshots here.',
  private_window: 'It was a private window, so no screenshot was taken.',
  window_gone: 'The window had closed before a screenshot could be taken.',
  blank_image: 'The screenshot came out blank, as it does for protected video, so it wasn’t kept.',
  no_permission:
    'The computer hasn’t given Lapwing permission to take screenshots. The devices page says which one.',
  not_supported: 'This computer can’t take screenshots of a single window.',
  storage_full: 'The computer had no room left to keep a screenshot.',
  failed: 'Taking the screenshot failed.',
  lists_not_ready:
    'Lapwing had just started on the computer and didn’t know yet which sites must never be pictured.',
  interrupted: 'The computer was switched off before the screenshot was stored.',
};

/** Who it was, honestly: a shared account does not say. */
export function personOf(item: QueueItem): { name: string; shared: boolean } {
  const session = item.kind === 'capture' ? item.capture.observation.session : item.report.session;
  return { name: session.displayName ?? session.user, shared: session.account === 'shared' };
}

/** "1 device", "3 devices". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en-GB')} ${amount === 1 ? one : many}`;
}
