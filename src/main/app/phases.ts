/** The agent's life. Phases only move forward. */
export const PHASES = ['starting', 'enrolling', 'running', 'stopping'] as const;
export type Phase = (typeof PHASES)[number];

/** Where the agent is in its life. */
export interface Phases {
  current(): Phase;
  /** Moves on; a step back or a repeated step does nothing and answers false. */
  advance(to: Phase): boolean;
}

export function createPhases(onChange: (phase: Phase) => void): Phases {
  let phase: Phase = 'starting';
  return {
    current: () => phase,
    advance(to) {
      if (PHASES.indexOf(to) <= PHASES.indexOf(phase)) return false;
      phase = to;
      onChange(to);
      return true;
    },
  };
}
