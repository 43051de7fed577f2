import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPhases, PHASES, type Phase } from '../../../src/main/app/phases.ts';

test('phases only move forward, whatever is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PHASES)), (asked) => {
      const told: Phase[] = [];
      const phases = createPhases((phase) => told.push(phase));
      for (const phase of asked) phases.advance(phase);
      const order = told.map((phase) => PHASES.indexOf(phase));
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    }),
  );
});
