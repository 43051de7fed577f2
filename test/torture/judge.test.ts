import { describe, expect, test } from 'vitest';
import type { Device } from '#contract';
import type { TorturedAgent } from '../../tools/torture/agentProcess.ts';
import { NOTHING_DONE } from '../../tools/torture/chaosProxy.ts';
import type { Disk } from '../../tools/torture/disk.ts';
import { type Findings, judge } from '../../tools/torture/judge.ts';

const DISK: Disk = {
  fill: async () => true,
  empty: async () => undefined,
  isFull: () => false,
  adopt: async () => undefined,
  dispose: async () => undefined,
};

function agent(over: Partial<TorturedAgent> = {}): TorturedAgent {
  return {
    name: 'a0',
    line: 'tls',
    data: '/nowhere',
    disk: DISK,
    written: new Set(['one', 'two']),
    notDurable: new Set(),
    crashes: () => 0,
    killsOnFullDisk: () => 0,
    start: async () => undefined,
    kill: async () => true,
    jumpClock: () => undefined,
    last: () => undefined,
    stop: async () => undefined,
    ...over,
  };
}

function device(machine: string, policyApplied: number): Device {
  return {
    id: '019ab000-0000-7000-8000-00000000d001',
    machine,
    platform: 'linux',
    agentVersion: '0',
    enrolledAt: 0,
    lastSeenAt: null,
    revokedAt: null,
    revokedReason: null,
    policyReceived: policyApplied,
    policyApplied,
    health: [],
    queueRecords: 0,
    gaps: [],
  };
}

function findings(over: Partial<Findings> = {}, verdict: Partial<Findings['verdict']> = {}): Findings {
  return {
    agents: [agent()],
    verdict: {
      shown: new Map([
        ['one', 1],
        ['two', 1],
      ]),
      pictures: new Map(),
      awaited: new Set(),
      gaps: 0,
      devices: [device('A0R1', 3)],
      ...verdict,
    },
    checked: { missing: 0, wrong: [] },
    inspection: { verified: 2, faults: [] },
    leaks: 0,
    counts: {
      agentKills: 1,
      serverKills: 1,
      fullDisks: 1,
      clockJumps: 1,
      serverClockJumps: 1,
      policyChanges: 2,
    },
    settledMs: 1,
    fullDisk: 'tmpfs',
    network: { ...NOTHING_DONE, passed: 1, connections: 0, cut: 0, frozen: 0 },
    ...over,
  };
}

const OPTIONS = { seed: 1, durationMs: 60_000, agents: 1, keep: false, say: () => undefined };
const only = new Map([['one', 1]]);

describe('the judge', () => {
  test('is content when everything is there once, readable and at the newest policy', () => {
    expect(judge(OPTIONS, findings())).toMatchObject({ ok: true, written: 2, onServer: 2, missing: 0 });
  });

  type Wrong = [string, Partial<Findings>, Partial<Findings['verdict']>, object];
  test.each<Wrong>([
    ['a record that is missing', {}, { shown: only }, { missing: 1, faults: ['missing two'] }],
    [
      'one that is shown twice',
      {},
      {
        shown: new Map([
          ['one', 2],
          ['two', 1],
        ]),
      },
      { duplicated: 1 },
    ],
    ['a wrong picture', { checked: { missing: 0, wrong: ['one'] } }, {}, { unreadable: 1 }],
    [
      'a fault of verify and a record put aside',
      { inspection: { verified: 2, faults: ['server: verify signature_wrong x', 'a0: quarantined y'] } },
      {},
      { unreadable: 2 },
    ],
    ['a gap', {}, { gaps: 3 }, { gaps: 3 }],
    ['a picture that is not there', { checked: { missing: 1, wrong: [] } }, {}, { missingPictures: 1 }],
    ['a picture nobody accounts for', {}, { awaited: new Set(['one']) }, { missingPictures: 1 }],
    ['a leak', { leaks: 1 }, {}, { leaks: 1 }],
    ['an old policy', {}, { devices: [device('A0R1', 2)] }, { policyApplied: 0, newestPolicy: 3 }],
    ['a device that is not there', {}, { devices: [] }, { policyApplied: 0 }],
    ['an agent that ended by itself', { agents: [agent({ crashes: () => 1 })] }, {}, { crashes: 1 }],
    ['nothing written at all', { agents: [agent({ written: new Set() })] }, {}, { written: 0 }],
  ])('is not content with %s', (_what, over, verdict, found) => {
    expect(judge(OPTIONS, findings(over, verdict))).toMatchObject({ ok: false, ...found });
  });

  test('counts apart what a killed agent held in memory alone, whether it was delivered or not', () => {
    const held = agent({ written: new Set(['one', 'two', 'three']), notDurable: new Set(['two', 'three']) });
    const report = judge(
      OPTIONS,
      findings(
        { agents: [held] },
        {
          shown: new Map([
            ['one', 1],
            ['three', 1],
          ]),
          awaited: new Set(['three']),
        },
      ),
    );
    expect(report).toMatchObject({
      ok: true,
      missing: 0,
      missingPictures: 0,
      writtenNotDurable: 2,
      lostFromMemory: 1,
      picturesLostFromMemory: 1,
    });
  });
});
