import type { HealthItem } from '#contract';
import type { TrayView } from '../ports/index.ts';

/** What the tray's view is made of. */
export interface TrayState {
  readonly phase: 'starting' | 'enrolling' | 'running' | 'stopping';
  readonly watching: boolean;
  readonly schoolName: string | null;
  readonly health: readonly HealthItem[];
}

/** Parts without which nothing is seen or kept. Being offline is no problem: the outbox waits. */
const VITAL_PARTS = new Set(['observe', 'rules', 'outbox.disk', 'outbox.database', 'policy', 'enrolment']);

export type Monitoring = TrayView['icon'];

/** Whether the machine is being monitored right now, as a pupil may know it. */
export function monitoringOf({ phase, watching, health }: Omit<TrayState, 'schoolName'>): Monitoring {
  if (phase !== 'running') return phase === 'enrolling' ? 'problem' : 'paused';
  if (health.some(({ part, state }) => state === 'failed' && VITAL_PARTS.has(part))) return 'problem';
  return watching ? 'watching' : 'paused';
}

/** A school's name as it fits a menu: controls and bidi marks would let a policy rearrange the line. */
function plainName(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 60);
}

/** What the tray shows for a state. Pure. */
export function trayView(state: TrayState): TrayView {
  const icon = monitoringOf(state);
  const school = plainName(state.schoolName ?? '') || 'Your school';
  const stateLine = {
    watching: `${school} monitors this computer`,
    paused:
      state.phase === 'running'
        ? 'Monitoring is paused while nobody is here'
        : 'Monitoring is about to start',
    problem:
      state.phase === 'enrolling' ? 'This computer is not set up yet' : 'Monitoring needs a technician',
  }[icon];
  const report = { choice: 'report', label: 'Report something' } as const;
  const notice = { choice: 'notice', label: 'About monitoring on this computer' } as const;
  // Without a policy there is nobody's key to seal a report to.
  return {
    icon,
    stateLine,
    tooltip: `Lapwing: ${stateLine}`,
    items: state.schoolName === null ? [notice] : [report, notice],
  };
}
