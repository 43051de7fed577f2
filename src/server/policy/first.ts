import { type SchoolPolicy, schoolPolicySchema } from './document.ts';

/** The policy a school begins with: every shipped pack, screenshots on, the national help lines. */
export function firstPolicy(school: { readonly name: string; readonly timeZone: string }): SchoolPolicy {
  return schoolPolicySchema.parse({
    school,
    rules: {},
    capture: {
      excluded: [
        ...['accounts.google.com', 'login.microsoftonline.com', 'login.live.com', 'appleid.apple.com'].map(
          (pattern) => ({
            pattern,
            reason: 'sign-in page',
          }),
        ),
        ...['1Password*', 'Bitwarden*', 'KeePass*'].map((pattern) => ({
          pattern,
          reason: 'password manager',
        })),
      ],
    },
    outbox: {},
    helplines: [
      {
        name: 'Childline',
        phone: '0800 1111',
        website: 'https://www.childline.org.uk',
        words: 'Talk to someone about anything, at any time. It is free and private.',
      },
      {
        name: 'CEOP',
        phone: null,
        website: 'https://www.ceop.police.uk',
        words: 'Tell the police about someone online who worries you.',
      },
    ],
  });
}
