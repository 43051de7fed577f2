import type { Capture, Report } from '#contract';

/** Invented records of invented children. */

const session = {
  user: 'pupil07',
  displayName: 'Robin Example',
  account: 'individual',
  accountType: 'local',
  machine: 'LIBRARY-07',
  onSchoolNetwork: null,
  timeZone: 'Europe/London',
} as const;

export function fakeCapture(
  id: string,
  over: Partial<Capture> & { title?: string; at?: number } = {},
): Capture {
  const { title = 'how to hurt myself - Example Search', at = 1_767_600_000_000, ...rest } = over;
  return {
    kind: 'capture',
    id,
    observation: {
      at,
      app: { name: 'Example Browser', path: null, processId: 100 },
      title,
      url: 'https://search.example/?q=how+to+hurt+myself',
      urlSource: 'extension',
      private: false,
      excluded: null,
      session,
    },
    hits: [
      {
        ruleId: 'self-harm-1',
        packId: 'self-harm',
        category: 'self_harm',
        severity: 'high',
        field: 'title',
        start: 0,
        end: 6,
        text: title.slice(0, 6),
      },
    ],
    search: null,
    context: [],
    screenshot: { state: 'none', reason: 'policy' },
    policyVersion: 1,
    ...rest,
  };
}

export function withSeverity(capture: Capture, severity: Capture['hits'][number]['severity']): Capture {
  return { ...capture, hits: capture.hits.map((hit) => ({ ...hit, severity })) };
}

export function fakeReport(id: string, over: Partial<Report> = {}): Report {
  return {
    kind: 'report',
    id,
    at: 1_767_600_000_000,
    session,
    about: 'something_i_saw',
    text: 'Somebody sent me a picture I did not want.',
    urgent: false,
    contactId: null,
    attached: null,
    screenshot: null,
    ...over,
  };
}
