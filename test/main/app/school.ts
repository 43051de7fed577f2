import {
  AGENT_PATHS,
  type Envelope,
  envelopesRequestSchema,
  type PlainRecord,
  policySchema,
  recordSchema,
} from '#contract';
import {
  createIntakeKey,
  createOpener,
  createSigningKey,
  encodeEnrolmentToken,
  type IntakeKeyPair,
  type SigningKey,
  signPolicy,
} from '#seal';
import type { Http, HttpOutcome, HttpRequest } from '../../../src/main/ports/index.ts';

const DEVICE_ID = '01977000-0000-7000-8000-00000000ffff';

/** A school as an agent sees it, in memory. */
export interface School {
  readonly intake: IntakeKeyPair;
  readonly signing: SigningKey;
  readonly token: string;
  readonly requests: HttpRequest[];
  readonly envelopes: Envelope[];
  /** Refuses every connection. */
  away: boolean;
  policy: string;
  connect(): Http;
  records(): Promise<PlainRecord[]>;
}

export function policyOf(over: object = {}) {
  return policySchema.parse({
    version: 5,
    issuedAt: 0,
    school: { name: 'Larkfield Primary', timeZone: 'Europe/London' },
    audience: 'KS2',
    rules: {},
    capture: {},
    outbox: {},
    ...over,
  });
}

/** A server's side of the protocol in memory: takes everything in and can open it. */
export async function createSchool(): Promise<School> {
  const [intake, signing] = await Promise.all([createIntakeKey(), createSigningKey()]);
  const { keyId, publicKey } = intake;
  const token = await encodeEnrolmentToken({
    version: 1,
    tokenId: 'token-1',
    tokenSecret: 'secret-of-the-token',
    serverUrl: 'http://127.0.0.1:9',
    caPem: null,
    policyKey: signing.publicKey,
    intakeKey: { keyId, publicKey, version: 1 },
  });
  const answer = (value: object): HttpOutcome => ({
    kind: 'answered',
    status: 200,
    headers: {},
    body: new TextEncoder().encode(JSON.stringify(value)),
  });
  const school: School = {
    intake,
    signing,
    token,
    requests: [],
    envelopes: [],
    away: false,
    policy: await signPolicy(policyOf(), signing),
    connect: () => ({
      async send(request) {
        if (school.away) return { kind: 'unreachable', reason: 'ECONNREFUSED' };
        school.requests.push(request);
        const path = new URL(request.url).pathname;
        const body = request.body === null ? null : JSON.parse(new TextDecoder().decode(request.body));
        if (path === AGENT_PATHS.enrol) return answer({ deviceId: DEVICE_ID, serverTime: 0 });
        if (path === AGENT_PATHS.policy) return answer({ policy: school.policy });
        if (path === AGENT_PATHS.heartbeat) return answer({ policyEtag: 'one', serverTime: 0 });
        if (path !== AGENT_PATHS.envelopes) return { ...answer({}), status: 204 } as HttpOutcome;
        const { envelopes } = envelopesRequestSchema.parse(body);
        school.envelopes.push(...envelopes);
        return answer({
          answers: envelopes.map(({ id }) => ({ id, status: 'stored' })),
          wants: [],
          serverTime: 0,
        });
      },
      openEvents: (_request, { onEnd }) => onEnd('closed'),
    }),
    async records() {
      const opener = createOpener([intake]);
      const opened = await Promise.all(school.envelopes.map((envelope) => opener.openRecord(envelope)));
      return opened.map((one) => {
        if (!one.ok) throw new Error(one.error.kind);
        return recordSchema.parse(JSON.parse(new TextDecoder().decode(one.value)));
      });
    },
  };
  return school;
}
