import { z } from 'zod';
import { type Device, type Heartbeat, healthItemSchema, heartbeatRequestSchema } from '#contract';
import type { Clock } from '#kernel';
import type { Audit } from '../audit/index.ts';
import type { Sequences } from '../sequences/index.ts';
import type { Store } from '../store/index.ts';
import { deviceRows } from './repository.ts';

/** A device not heard of for so long is no longer counted as watching. */
export const WATCHING_WITHIN_MS = 10 * 60 * 1000;

export interface Devices {
  list(): Promise<Device[]>;
  heartbeat(deviceId: string, heartbeat: Heartbeat): Promise<void>;
  /** Shuts a device out. Returns whether there was such a device that was not revoked yet. */
  revoke(deviceId: string, options: { actor: string; reason: string | null }): Promise<boolean>;
  isActive(deviceId: string): Promise<boolean>;
}

export interface DevicesDeps {
  readonly store: Pick<Store, 'db' | 'kind' | 'commits' | 'bus'>;
  readonly sequences: Sequences;
  readonly audit: Audit;
  readonly clock: Pick<Clock, 'now'>;
}

const healthColumn = z.array(healthItemSchema);
const queueColumn = heartbeatRequestSchema.shape.queue;

export function createDevices(deps: DevicesDeps): Devices {
  const { store, sequences, audit, clock } = deps;
  const { db, commits, bus } = store;

  return {
    async list() {
      const [rows, gaps] = await Promise.all([deviceRows.all(db), sequences.gaps(db, null)]);
      // A machine that was enrolled again stands there once, as its newest self.
      const present = rows.filter((row) => row.superseded_by === null);
      return present.map((row) => ({
        id: row.id,
        machine: row.machine,
        platform: row.platform,
        agentVersion: row.agent_version,
        enrolledAt: row.enrolled_at,
        lastSeenAt: row.last_seen_at,
        revokedAt: row.revoked_at,
        revokedReason: row.revoked_reason,
        policyReceived: row.policy_received,
        policyApplied: row.policy_applied,
        health: healthColumn.parse(JSON.parse(row.health)),
        queueRecords: row.queue === null ? null : queueColumn.parse(JSON.parse(row.queue)).records,
        gaps: gaps
          .filter((gap) => gap.device_id === row.id)
          .map(({ first, last, since }) => ({ from: first, to: last, since })),
      }));
    },

    async heartbeat(deviceId, heartbeat) {
      const at = clock.now();
      const changed = await commits.run(deviceId, async (trx) => {
        const query = trx.selectFrom('devices').selectAll().where('id', '=', deviceId);
        const row = await (store.kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
        if (row === undefined) return false;
        await sequences.note(trx, row, { accounted: [], knownUpTo: heartbeat.queue.lastSequence, at });
        await deviceRows.saveHeartbeat(trx, deviceId, at, heartbeat);
        const wasAway = row.last_seen_at === null || at - row.last_seen_at > WATCHING_WITHIN_MS;
        return (
          wasAway ||
          row.health !== JSON.stringify(heartbeat.health) ||
          row.policy_applied !== heartbeat.policyApplied ||
          row.policy_received !== heartbeat.policyReceived
        );
      });
      if (changed) bus.publish({ kind: 'device', id: deviceId });
    },

    async revoke(deviceId, { actor, reason }) {
      const revoked = await db.transaction().execute(async (trx) => {
        const done = await deviceRows.revoke(trx, deviceId, clock.now(), reason);
        if (done) await audit.write(trx, { actor, action: 'device_revoked', subject: deviceId });
        return done;
      });
      if (revoked) {
        bus.publish({ kind: 'device_revoked', id: deviceId });
        bus.publish({ kind: 'device', id: deviceId });
      }
      return revoked;
    },

    async isActive(deviceId) {
      const row = await deviceRows.byId(db, deviceId);
      return row !== undefined && row.revoked_at === null && row.superseded_by === null;
    },
  };
}
