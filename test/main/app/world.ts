import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { SiteListLines } from '#match';
import { type Agent, createAgent } from '../../../src/main/app/index.ts';
import { createFiles } from '../../../src/main/platform/node/index.ts';
import { createFakeVault } from '../../fakes/keyVault.ts';
import {
  createFakeLog,
  createFakePages,
  createFakeRandom,
  createFakeScreen,
  createFakeSession,
  createFakeTabs,
  createFakeTray,
  createFakeWindows,
} from '../../fakes/ports.ts';
import { aPack, createFakeRules } from '../../fakes/rules.ts';
import { createFakeTimers } from '../../fakes/timers.ts';
import type { School } from './school.ts';

export const PACK = aPack();

/** For the tests of one `describe`: builds whole agents over fakes and a real folder, and stops them after each test. */
export function useAgents() {
  let folder: string;
  const agents: Agent[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lapwing-agent-'));
  });
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.stop()));
    await rm(folder, { recursive: true });
  });

  function build(
    school: School,
    over: {
      token?: string | null;
      vault?: ReturnType<typeof createFakeVault>;
      lists?: SiteListLines[];
      built?: Uint8Array;
    } = {},
  ) {
    const world = {
      windows: createFakeWindows(),
      tabs: createFakeTabs(),
      session: createFakeSession(),
      screen: createFakeScreen(),
      keyVault: over.vault ?? createFakeVault(),
      files: createFiles({ root: folder }),
      tray: createFakeTray(),
      pages: createFakePages(),
      timers: createFakeTimers(),
      random: createFakeRandom(),
      log: createFakeLog(),
    };
    const rules = createFakeRules([PACK], over.lists);
    if (over.built !== undefined) rules.compiledPacks = async () => over.built ?? null;
    const token = over.token === undefined ? school.token : over.token;
    const agent = createAgent(
      {
        ...world,
        connect: school.connect,
        ...rules,
        tokenSources: [{ name: 'test', read: async () => token }],
      },
      { agentVersion: '0.1.0', platform: 'linux', development: false, ownProcessId: 1 },
    );
    agents.push(agent);
    return { agent, rules, folder, ...world };
  }

  return build;
}
