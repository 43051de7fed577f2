import type { Device } from '#contract';

/** The server counts a device as watching when it was heard of within this time; so does this page. */
const watchingMs = 10 * 60_000;
/** Unheard for so long in term time means that nobody is protected there. */
const unseenMs = 3 * 24 * 60 * 60_000;

export type DeviceStatus = 'problem' | 'unseen' | 'away' | 'watching' | 'revoked';

export interface DeviceView {
  readonly device: Device;
  readonly status: DeviceStatus;
  /** What is wrong and what to do, worst first. */
  readonly findings: readonly string[];
}

const RANK: Record<DeviceStatus, number> = { problem: 0, unseen: 1, away: 2, watching: 3, revoked: 4 };

/** Judges one device at a moment. `now` in milliseconds since 1970. */
export function viewDevice(device: Device, now: number): DeviceView {
  const { revokedReason } = device;
  const findings = [
    ...(revokedReason === null ? [] : [`Taken out: ${revokedReason}`]),
    ...device.gaps.map(gapWords),
    ...device.health
      .filter((item) => item.state !== 'ok')
      .sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'))
      .map((item) => item.message || `${item.part}: ${item.code}`),
    ...policyFinding(device),
  ];
  return { device, status: statusOf(device, findings.length > 0, now), findings };
}

function statusOf(device: Device, hasFindings: boolean, now: number): DeviceStatus {
  if (device.revokedAt !== null) return 'revoked';
  const unheardMs = device.lastSeenAt === null ? Number.POSITIVE_INFINITY : now - device.lastSeenAt;
  if (hasFindings) return 'problem';
  if (unheardMs > unseenMs) return 'unseen';
  return unheardMs > watchingMs ? 'away' : 'watching';
}

function gapWords({ from, to }: Device['gaps'][number]): string {
  const missing = to - from + 1;
  const which = missing === 1 ? `Record ${from} hasn’t` : `Records ${from} to ${to} haven’t`;
  return `${which} arrived. If the computer is on and this stays for a day, look at its outbox.`;
}

function policyFinding({ policyReceived, policyApplied }: Device): string[] {
  if (policyReceived === null || policyApplied === policyReceived) return [];
  const kept = policyApplied === null ? 'no policy' : `policy ${policyApplied}`;
  return [`It has policy ${policyReceived} but still works by ${kept}: the new one didn’t load.`];
}

/** What needs a hand first, then by name. */
export function sortDevices(views: readonly DeviceView[]): DeviceView[] {
  return [...views].sort(
    (a, b) =>
      RANK[a.status] - RANK[b.status] ||
      a.device.machine.localeCompare(b.device.machine, 'en-GB', { numeric: true }),
  );
}
