import type { Report } from '#contract';
import type { Level } from '../shared/level.ts';

/**
 * Every word of the report window. Pupils of five to seven read `first`, to eleven `young`; test/ui/readingAge.test.ts
 * holds each level to its reading age. No exclamation marks, nothing that sounds like a telling-off.
 */
export interface ReportTexts {
  window: string;
  aboutTitle: string;
  about: Record<Report['about'], string>;
  textTitle: string;
  textHint: string;
  textLabel: string;
  whoTitle: string;
  whoHint(school: string): string;
  anyone: string;
  screenTitle: string;
  screenHint: string;
  screenKept: string;
  screenLeftOut: string;
  leaveOut: string;
  putBack: string;
  next: string;
  back: string;
  sendTo(name: string): string;
  sendToAnyone: string;
  sending: string;
  nothingYet: string;
  failed: string;
  tryAgain: string;
  helpNow: string;
  close: string;
  closeAsk: string;
  closeAnyway: string;
  keepWriting: string;
  easierLetters: string;
  usualLetters: string;
  sentTitle: string;
  /** Said first to a pupil who has told something, where the school has no words of its own. */
  reassurance: string;
  sentNext(school: string, name: string | null): string[];
  urgentTitle: string;
  urgentNext(school: string, name: string | null): string[];
  urgentFailed: string;
  writeMore: string;
  helplinesTitle: string;
}

const young: ReportTexts = {
  window: 'Tell a grown-up',
  aboutTitle: 'What do you want to tell us about?',
  about: {
    something_i_saw: 'Something I saw',
    someone_to_me: 'Someone was not kind to me',
    someone_else: 'I am worried about a friend',
    how_i_feel: 'How I feel',
    something_else: 'Something else',
  },
  textTitle: 'What happened?',
  textHint: 'Write a little or a lot. You can leave this out.',
  textLabel: 'What happened',
  whoTitle: 'Who do you want to tell?',
  whoHint: (school) => `The people who keep you safe at ${school} will read it too. Your name goes with it.`,
  anyone: 'Any grown-up at school',
  screenTitle: 'Shall we show them what was on your screen?',
  screenHint: 'It can help them to help you. A picture of it can go too. You choose.',
  screenKept: 'This goes with what you wrote.',
  screenLeftOut: 'This stays here. They will not see it.',
  leaveOut: 'Leave it out',
  putBack: 'Put it back',
  next: 'Next',
  back: 'Back',
  sendTo: (name) => `Send to ${name}`,
  sendToAnyone: 'Send to a grown-up',
  sending: 'Sending …',
  nothingYet: 'Pick one, or write a few words first.',
  failed: 'That did not work. Your words are still here. Try again, or go and tell a grown-up.',
  tryAgain: 'Try again',
  helpNow: 'I need help now',
  close: 'Close',
  closeAsk: 'You have not sent this yet.',
  closeAnyway: 'Close and do not send',
  keepWriting: 'Stay here',
  easierLetters: 'Other letters',
  usualLetters: 'First letters',
  sentTitle: 'Thank you for telling us',
  reassurance: 'You did the right thing. You are not in trouble.',
  sentNext: (school, name) => [
    `A grown-up at ${school} will read it soon${name === null ? '' : ` and tell ${name}`}. Then they will talk to you.`,
    'If you cannot wait, go to a grown-up now.',
  ],
  urgentTitle: 'Go to a grown-up now',
  urgentNext: (school, name) => [
    name === null
      ? 'Go to a grown-up you trust, in this room or near it.'
      : `Go to ${name}, or to a grown-up near you.`,
    `Your message goes to ${school} as fast as it can. You are not in trouble.`,
    'If you are in danger and no one is near, call 999.',
  ],
  urgentFailed: 'We could not tell your school from here. Go and tell a grown-up yourself, now.',
  writeMore: 'Write more',
  helplinesTitle: 'You can talk to these people too',
};

const older: ReportTexts = {
  window: 'Report something',
  aboutTitle: 'What is it about?',
  about: {
    something_i_saw: 'Something I saw',
    someone_to_me: 'Something someone did or said to me',
    someone_else: "I'm worried about someone else",
    how_i_feel: 'How I feel',
    something_else: 'Something else',
  },
  textTitle: 'What happened?',
  textHint: "Write as much or as little as you like. You won't get into trouble for telling.",
  textLabel: 'What happened?',
  whoTitle: 'Who would you like to talk to?',
  whoHint: (school) =>
    `The staff who keep pupils safe at ${school} read every report and bring in the person you choose. Your name goes with it.`,
  anyone: 'Anyone, I have no preference',
  screenTitle: 'What was on your screen',
  screenHint:
    'Its name and, if the school allows it, a picture of it help staff to understand. You can leave it out.',
  screenKept: 'This goes with your report.',
  screenLeftOut: "This won't be sent.",
  leaveOut: 'Leave it out',
  putBack: 'Put it back',
  next: 'Next',
  back: 'Back',
  sendTo: (name) => `Send to ${name}`,
  sendToAnyone: 'Send to the staff',
  sending: 'Sending …',
  nothingYet: "Choose what it's about, or write a few words first.",
  failed: "That couldn't be saved. Your words are still here. Try again, or tell someone in person.",
  tryAgain: 'Try again',
  helpNow: 'I need help now',
  close: 'Close',
  closeAsk: "You haven't sent this yet.",
  closeAnyway: 'Close without sending',
  keepWriting: 'Keep writing',
  easierLetters: 'Easier letters',
  usualLetters: 'Usual letters',
  sentTitle: 'Thank you for telling us',
  reassurance: "It was right to say something, and you're not in trouble.",
  sentNext: (school, name) => [
    `Staff at ${school} will read it soon${name === null ? '' : ` and tell ${name}`}. Someone will come and talk with you.`,
    "It's saved even if this computer is offline; it goes as soon as it can.",
    "If it can't wait, go to a member of staff now.",
  ],
  urgentTitle: 'Go to someone you trust now',
  urgentNext: (school, name) => [
    name === null
      ? 'Go to the nearest adult you trust.'
      : `Go to ${name}, or to the nearest adult you trust.`,
    `Your message goes to ${school} now, or as soon as this computer is online. You're not in trouble.`,
    'If you or someone else is in danger, call 999.',
  ],
  urgentFailed: "The message couldn't be saved on this computer. Please go to an adult yourself, now.",
  writeMore: 'Write more',
  helplinesTitle: 'You can also talk to',
};

const first: ReportTexts = {
  ...young,
  about: {
    something_i_saw: 'I saw a thing',
    someone_to_me: 'They were not kind',
    someone_else: 'My friend is sad',
    how_i_feel: 'How I feel',
    something_else: 'More',
  },
  aboutTitle: 'What is it?',
  textHint: 'You can write, or go on.',
  whoTitle: 'Who can help?',
  whoHint: (school) => `The people who keep you safe at ${school} see it too.`,
  anyone: 'Any grown-up',
  screenTitle: 'Can they see your screen?',
  screenHint: 'It can help. You pick.',
  screenKept: 'They will see this.',
  screenLeftOut: 'They will not see this.',
};

export const REPORT_TEXTS: Record<Level, ReportTexts> = { first, young, older };
