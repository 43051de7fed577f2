import type { ChannelOutput } from '#ipc';
import type { Level } from '../shared/level.ts';

type Monitoring = ChannelOutput<'notice.open'>['monitoring'];

/** Every word of the notice: that the computer is monitored, for what, when, who sees it, and that telling is safe. */
export interface NoticeTexts {
  title: string;
  state: Record<Monitoring, string>;
  /** Above what the school says in its own words. */
  ownTitle(school: string): string;
  parts: readonly { title: string; words(school: string): readonly string[] }[];
  helplinesTitle: string;
  close: string;
  easierLetters: string;
  usualLetters: string;
}

const young: NoticeTexts = {
  title: 'This computer helps to keep you safe',
  state: {
    watching: 'It is on now.',
    paused: 'It is not on now.',
    problem: 'A part of it does not work now. The school knows.',
  },
  ownTitle: () => 'From your school',
  parts: [
    {
      title: 'What it looks at',
      words: () => [
        'It looks at the name of the page or app you use.',
        'If it sees words about harm, or a site that is not safe, it saves them. It can save a picture of that page too.',
        'It does not see what you type in. It does not use the camera or listen to you.',
      ],
    },
    {
      title: 'When',
      words: () => ['When you use this computer, at school or at home.'],
    },
    {
      title: 'Who sees it',
      words: (school) => [`Only the people who keep you safe at ${school}.`],
    },
    {
      title: 'You can tell us',
      words: () => [
        'If you see a bad thing, tell a grown-up. You will not be in trouble for that.',
        'You can click the bird and pick “Report something” as well.',
      ],
    },
  ],
  helplinesTitle: 'You can talk to these people too',
  close: 'Close',
  easierLetters: 'Other letters',
  usualLetters: 'First letters',
};

const older: NoticeTexts = {
  title: 'This computer is monitored to keep people safe',
  state: {
    watching: 'Monitoring is on.',
    paused: 'Monitoring is paused right now.',
    problem: 'Part of the monitoring isn’t working right now. The school’s technician can see that.',
  },
  ownTitle: (school) => `From ${school}`,
  parts: [
    {
      title: 'What it looks at',
      words: () => [
        'The title of the window in front, and the address of the web page.',
        'When they match the school’s rules about harm, such as self-harm, bullying, hate, violence, drugs or ways round the filter, it saves them and, if the school allows it, a picture of that window.',
        'It doesn’t record what you type, and it doesn’t use the camera or the microphone. Sign-in pages and password managers are left out.',
      ],
    },
    {
      title: 'When',
      words: () => [
        'Whenever someone is using this computer, at school or at home. It does nothing while the screen is locked.',
      ],
    },
    {
      title: 'Who sees it',
      words: (school) => [
        `Only the staff at ${school} whose job is to check it, and the safeguarding lead. Every time one of them looks, that is written down.`,
      ],
    },
    {
      title: 'If something worries you',
      words: () => [
        'Click the bird near the clock and choose “Report something”, or talk to any member of staff. Telling never gets you into trouble.',
      ],
    },
  ],
  helplinesTitle: 'You can also talk to',
  close: 'Close',
  easierLetters: 'Easier letters',
  usualLetters: 'Usual letters',
};

const first: NoticeTexts = {
  ...young,
  title: 'This computer helps to keep you safe',
  parts: [
    {
      title: 'What it does',
      words: () => ['It looks at what is on the screen.', 'If it sees a bad thing, it tells a grown-up.'],
    },
    {
      title: 'Who sees it',
      words: (school) => [`The people who keep you safe at ${school}.`],
    },
    {
      title: 'You can tell us',
      words: () => ['If a thing makes you sad or scared, tell a grown-up. You are not in trouble.'],
    },
  ],
};

export const NOTICE_TEXTS: Record<Level, NoticeTexts> = { first, young, older };
