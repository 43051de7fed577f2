import { type SchoolPolicy, schoolPolicySchema } from './document.ts';

/**
 * What is a person's own business on a school's machine, to begin with; a school changes the list in its policy.
 * Each host covers its subdomains. Password managers and sign-in pages are not in it: agents leave them out always.
 */
const PRIVATE_MATTERS: readonly { readonly reason: string; readonly hosts: readonly string[] }[] = [
  {
    reason: 'banking',
    hosts: [
      'bankofscotland.co.uk',
      'barclays.co.uk',
      'co-operativebank.co.uk',
      'firstdirect.com',
      'gohenry.com',
      'halifax-online.co.uk',
      'halifax.co.uk',
      'hsbc.co.uk',
      'lloydsbank.co.uk',
      'lloydsbank.com',
      'metrobankonline.co.uk',
      'monzo.com',
      'nationwide.co.uk',
      'natwest.com',
      'nwolb.com',
      'paypal.com',
      'rbs.co.uk',
      'revolut.com',
      'santander.co.uk',
      'starlingbank.com',
      'tsb.co.uk',
      'virginmoney.com',
    ],
  },
  {
    reason: 'health portal',
    hosts: [
      'access.login.nhs.uk',
      'airmidcares.co.uk',
      'evergreen-life.co.uk',
      'nhsapp.service.nhs.uk',
      'patientaccess.com',
      'patientsknowbest.com',
      'systmonline.tpp-uk.com',
    ],
  },
];

/** The policy a school begins with: every shipped pack, screenshots on, the national help lines. */
export function firstPolicy(school: { readonly name: string; readonly timeZone: string }): SchoolPolicy {
  return schoolPolicySchema.parse({
    school,
    rules: {},
    capture: {
      excluded: PRIVATE_MATTERS.flatMap(({ reason, hosts }) => hosts.map((pattern) => ({ pattern, reason }))),
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
