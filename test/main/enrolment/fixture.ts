import { enrolRequestSchema } from '#contract';
import { createIntakeKey, createSigningKey, type EnrolmentToken, encodeEnrolmentToken } from '#seal';
import { createEnrolment } from '../../../src/main/enrolment/index.ts';
import type { HttpOutcome, HttpRequest, KeyVault } from '../../../src/main/ports/index.ts';
import { createFakeVault } from '../../fakes/keyVault.ts';
import { FACTS } from '../../fakes/ports.ts';
import { createFakeTimers } from '../../fakes/timers.ts';

export const DEVICE_ID = '019ab000-0000-7000-8000-00000000d001';

export function answered(status: number, body: unknown): HttpOutcome {
  return { kind: 'answered', status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
}

export function accepted(deviceId = DEVICE_ID): HttpOutcome {
  return answered(200, { deviceId, serverTime: 1 });
}

export function refusal(code: string): HttpOutcome {
  return answered(403, { error: { code, message: '' } });
}

/** A device that is not enrolled yet, a token for it, and a server that takes it until told to answer otherwise. */
export async function createEnrolmentBench() {
  const { keyId, publicKey } = await createIntakeKey();
  const token: EnrolmentToken = {
    version: 1,
    tokenId: 't1',
    tokenSecret: 'a-secret-of-the-school',
    serverUrl: 'https://lapwing.school.example',
    caPem: '-----BEGIN CERTIFICATE-----',
    policyKey: (await createSigningKey()).publicKey,
    intakeKey: { keyId, publicKey, version: 5 },
  };
  const requests: HttpRequest[] = [];
  const trusted: (string | null)[] = [];
  const timers = createFakeTimers();
  const vault = createFakeVault();
  let answer: () => HttpOutcome = accepted;

  return {
    token,
    /** The token as a technician pastes it. */
    line: await encodeEnrolmentToken(token),
    requests,
    /** The CA of each connection that was made. */
    trusted,
    timers,
    vault,
    answerWith(next: () => HttpOutcome): void {
      answer = next;
    },
    create(keptIn: KeyVault = vault, development = false) {
      return createEnrolment(
        {
          vault: keptIn,
          connect(caPem) {
            trusted.push(caPem);
            return {
              async send(request) {
                requests.push(request);
                return answer();
              },
            };
          },
          facts: async () => FACTS,
          timers,
        },
        { platform: 'win32', agentVersion: '1.2.3', development },
      );
    },
    /** What was asked of the server, the first being 0. */
    sent(at: number) {
      return enrolRequestSchema.parse(JSON.parse(new TextDecoder().decode(requests[at]?.body ?? undefined)));
    },
  };
}

export type EnrolmentBench = Awaited<ReturnType<typeof createEnrolmentBench>>;
