import type { Capture, Device, Hit, ItemResponse, QueueItem, Report, Session, Severity } from '#contract';

/** Invented children and things for console tests. Nobody here exists. */

export type FakeItem = QueueItem & { history: ItemResponse['history'] };

let made = 0;

/** A version 7 UUID that grows with every call; its time part is fixed. */
export function fakeId(): string {
  made += 1;
  return `01a0b1c2-d3e4-7${String(made % 1000).padStart(3, '0')}-8000-${made.toString(16).padStart(12, '0')}`;
}

export function fakeSession(overrides: Partial<Session> = {}): Session {
  return {
    user: 'LARKFIELD\\b.achterberg',
    displayName: 'Bram Achterberg',
    account: 'individual',
    accountType: 'domain',
    machine: 'LIB-PC-04',
    onSchoolNetwork: true,
    timeZone: 'Europe/London',
    ...overrides,
  };
}

/** Marks the first occurrence of `words` in `text`. */
export function fakeHit(field: Hit['field'], text: string, words: string, overrides: Partial<Hit> = {}): Hit {
  const start = text.indexOf(words);
  if (start === -1) throw new Error(`"${words}" is not in the text`);
  return {
    ruleId: 'self-harm.method',
    packId: 'lapwing-core',
    category: 'self_harm',
    severity: 'critical',
    field,
    start,
    end: start + words.length,
    text: words,
    ...overrides,
  };
}

interface CaptureFacts {
  at: number;
  title: string;
  words: string;
  field?: Hit['field'];
  url?: string | null;
  search?: string | null;
  app?: string;
  category?: Hit['category'];
  severity?: Severity;
  ruleId?: string;
  session?: Partial<Session>;
  context?: Capture['context'];
  screenshot?: Extract<QueueItem, { kind: 'capture' }>['capture']['screenshot'];
  occurrences?: number;
}

export function fakeCapture(facts: CaptureFacts): FakeItem {
  const id = fakeId();
  const session = fakeSession(facts.session);
  const severity = facts.severity ?? 'critical';
  const category = facts.category ?? 'self_harm';
  const field = facts.field ?? 'title';
  const texts = { title: facts.title, url: facts.url ?? '', search: facts.search ?? '' };
  const rule = facts.ruleId === undefined ? {} : { ruleId: facts.ruleId };
  return {
    kind: 'capture',
    id,
    state: 'waiting',
    severity,
    category,
    device: { id: fakeId(), machine: session.machine },
    createdAt: facts.at,
    receivedAt: facts.at + 420,
    occurrences: facts.occurrences ?? 1,
    lastAt: facts.at,
    capture: {
      kind: 'capture',
      id,
      observation: {
        at: facts.at,
        app: { name: facts.app ?? 'Google Chrome', path: null, processId: 4112 },
        title: facts.title,
        url: facts.url ?? null,
        urlSource: facts.url == null ? 'none' : 'extension',
        private: false,
        excluded: null,
        session,
      },
      hits: [fakeHit(field, texts[field], facts.words, { category, severity, ...rule })],
      search: facts.search ?? null,
      context: facts.context ?? [],
      screenshot: facts.screenshot ?? fakeScreenshot(),
      policyVersion: 12,
    },
    history: [{ at: facts.at + 420, by: 'Lapwing', action: 'received', note: null }],
  };
}

export function fakeScreenshot() {
  return {
    state: 'taken',
    sha256: 'a'.repeat(64),
    sealedBytes: 81_204,
    mediaType: 'image/png',
    width: 960,
    height: 600,
  } as const;
}

export function fakeReport(
  at: number,
  report: Partial<Report>,
  contact: { id: string; name: string; role: string } | null = null,
): FakeItem {
  const id = fakeId();
  const session = report.session ?? fakeSession();
  return {
    kind: 'report',
    id,
    state: 'waiting',
    severity: report.urgent === true ? 'critical' : 'high',
    device: { id: fakeId(), machine: session.machine },
    createdAt: at,
    receivedAt: at + 380,
    occurrences: 1,
    lastAt: at,
    contact,
    report: {
      kind: 'report',
      id,
      at,
      about: 'something_i_saw',
      text: '',
      urgent: false,
      contactId: contact?.id ?? null,
      attached: null,
      ...report,
      screenshot: null,
      session,
    },
    history: [{ at: at + 380, by: 'Lapwing', action: 'received', note: null }],
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** An afternoon's queue at an invented school, as of `now`. */
export function fakeAfternoon(now: number): FakeItem[] {
  const ago = (ms: number) => now - ms;
  return [
    fakeCapture({
      at: ago(3 * minuteMs),
      title: 'how to hurt myself without anyone knowing - Google Search',
      search: 'how to hurt myself without anyone knowing',
      words: 'hurt myself',
      field: 'search',
      url: 'https://www.google.com/search?q=how+to+hurt+myself+without+anyone+knowing',
      ruleId: 'self-harm.intent',
      session: { user: 'LARKFIELD\\i.osei', displayName: 'Ife Osei', machine: 'LIB-PC-07' },
      context: [
        {
          at: ago(16 * minuteMs),
          app: 'Google Chrome',
          title: 'Year 9 English: Of Mice and Men - Google Classroom',
          url: 'https://classroom.google.com/c/NDg',
        },
        {
          at: ago(9 * minuteMs),
          app: 'Google Chrome',
          title: 'Messages',
          url: 'https://chat.google.com/room/AAA',
        },
        {
          at: ago(4 * minuteMs),
          app: 'Google Chrome',
          title: 'feeling numb all the time - Google Search',
          url: 'https://www.google.com/search?q=feeling+numb+all+the+time',
        },
      ],
    }),
    fakeReport(
      ago(11 * minuteMs),
      {
        about: 'someone_to_me',
        text: 'Somebody in my year keeps sending me messages about a picture and says he will show it to everyone.\nI don’t know what to do.',
        attached: {
          at: ago(12 * minuteMs),
          app: 'Google Chrome',
          title: 'Direct messages (4)',
          url: 'https://chat.example.net/direct/inbox',
        },
        session: fakeSession({
          user: 'LARKFIELD\\m.duarte',
          displayName: 'Mila Duarte',
          machine: 'Y8-LAPTOP-12',
        }),
      },
      { id: 'okafor', name: 'Mrs Okafor', role: 'Head of Year 8' },
    ),
    fakeCapture({
      at: ago(24 * minuteMs),
      title: 'Free VPN unblocker: get past school filters in 2 minutes',
      words: 'get past school filters',
      url: 'https://unblock.example.org/school-filters',
      category: 'hacking_bypass',
      severity: 'medium',
      ruleId: 'bypass.filters',
      occurrences: 6,
      session: {
        user: 'ict-suite',
        displayName: null,
        account: 'shared',
        accountType: 'local',
        machine: 'ICT-PC-19',
      },
    }),
    fakeCapture({
      at: ago(41 * minuteMs),
      title: 'everyone hates kayla lol - Group chat - Discord',
      words: 'everyone hates kayla',
      app: 'Discord',
      category: 'bullying',
      severity: 'high',
      ruleId: 'bullying.named-target',
      session: { user: 'LARKFIELD\\t.vance', displayName: 'Theo Vance', machine: 'Y10-LAPTOP-03' },
    }),
    fakeCapture({
      at: ago(2 * hourMs),
      title: 'buy vapes no id next day delivery - Bing',
      search: 'buy vapes no id next day delivery',
      words: 'vapes no id',
      field: 'search',
      url: 'https://www.bing.com/search?q=buy+vapes+no+id+next+day+delivery',
      app: 'Microsoft Edge',
      category: 'drugs',
      severity: 'medium',
      ruleId: 'drugs.vapes',
      session: { user: 'LARKFIELD\\j.lund', displayName: 'Jonah Lund', machine: 'Y10-LAPTOP-11' },
    }),
    fakeCapture({
      at: ago(3 * hourMs),
      title: 'Casino slots online, free spins today',
      words: 'Casino slots',
      url: 'https://slots.example.com/',
      category: 'gambling',
      severity: 'low',
      ruleId: 'gambling.slots',
      session: { user: 'LARKFIELD\\r.amin', displayName: 'Rafi Amin', machine: 'LIB-PC-02' },
    }),
    fakeCapture({
      at: ago(22 * hourMs),
      title: 'Watch new films free full movie torrent - Google Chrome',
      words: 'full movie torrent',
      url: 'https://films.example.org/torrent',
      category: 'piracy',
      severity: 'low',
      ruleId: 'piracy.torrent',
      occurrences: 3,
      session: { user: 'LARKFIELD\\s.brandt', displayName: 'Signe Brandt', machine: 'Y11-LAPTOP-08' },
    }),
  ];
}

export function fakeDevice(machine: string, now: number, overrides: Partial<Device> = {}): Device {
  return {
    id: fakeId(),
    machine,
    platform: 'win32',
    agentVersion: '0.1.0',
    enrolledAt: now - 40 * 24 * hourMs,
    lastSeenAt: now - 30_000,
    revokedAt: null,
    revokedReason: null,
    policyReceived: 12,
    policyApplied: 12,
    health: [],
    queueRecords: 0,
    gaps: [],
    ...overrides,
  };
}

/** A small fleet with one of each fault. */
export function fakeFleet(now: number): Device[] {
  return [
    ...Array.from({ length: 14 }, (_, index) =>
      fakeDevice(`LIB-PC-${String(index + 1).padStart(2, '0')}`, now),
    ),
    fakeDevice('Y8-LAPTOP-12', now, { platform: 'darwin', lastSeenAt: now - 5 * hourMs, queueRecords: 3 }),
    fakeDevice('Y10-LAPTOP-03', now, { lastSeenAt: now - 9 * 24 * hourMs }),
    fakeDevice('ICT-MAC-02', now, {
      platform: 'darwin',
      health: [
        {
          part: 'screen',
          state: 'degraded',
          code: 'no_permission',
          message:
            'macOS hasn’t allowed screen recording. Push the privacy profile, then sign out and in once.',
          since: now - 2 * hourMs,
        },
      ],
    }),
    fakeDevice('ICT-PC-19', now, { gaps: [{ from: 218, to: 220, since: now - 26 * hourMs }] }),
    fakeDevice('ICT-PC-20', now, { policyReceived: 13, policyApplied: 12 }),
    fakeDevice('OLD-PC-01', now, {
      revokedAt: now - 3 * 24 * hourMs,
      revokedReason: 'sold',
      lastSeenAt: now - 4 * 24 * hourMs,
    }),
  ];
}
