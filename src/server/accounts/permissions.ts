import type { Permission, Role } from '#contract';

/** What each role may do. A contractor looks after the machines without seeing what children did on them. */
const PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  technician: ['evidence_view', 'review', 'fleet_view'],
  dsl: ['evidence_view', 'review', 'decide', 'fleet_view'],
  contractor: ['fleet_view'],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return PERMISSIONS[role];
}
