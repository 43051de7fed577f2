/**
 * `npm run torture -- --minutes 3 --seed N [--agents 20] [--json] [--keep]`
 *
 * Breaks a school on purpose and counts what is lost: real agents and a real server as processes of their own, killed
 * at random instants, a network that resets, stalls, truncates, duplicates and reorders, disks that fill up, clocks
 * that jump, and a policy change midway. Then everything is left in peace, and every record that an agent called safe
 * must be in the console, once, readable, with its picture, and without a gap in its device's numbers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTorturedAgent, type TorturedAgent } from './agentProcess.ts';
import { startChaosProxy } from './chaosProxy.ts';
import { deal, type Stage } from './deal.ts';
import { createDice } from './dice.ts';
import { judge, lastVersion, missingOf, type TortureOptions, type TortureReport } from './judge.ts';
import { countLeaks } from './leaks.ts';
import { pause } from './pause.ts';
import { planBlows } from './schedule.ts';
import { createTorturedServer } from './schoolServer.ts';
import { type Console, signIn, type Verdict } from './verdict.ts';

const SETTLE_DEADLINE_MS = 120_000;
const SECOND_MS = 1_000;
const ACCOUNT = { username: 'torture.dsl', display: 'Torture DSL', role: 'dsl' } as const;

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { seed, durationMs, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-torture-'));
  const server = createTorturedServer(folder);
  const proxy = await startChaosProxy(createDice(seed + 1));
  let token = '';
  const agents = Array.from({ length: options.agents }, (_, at) =>
    createTorturedAgent({ folder, name: `a${at}`, seed: seed + at, token: () => token }),
  );
  try {
    await server.command('init', '--school', 'Torture Primary');
    await server.setPolicy();
    const account = await server.command(
      'add-account',
      '--username',
      ACCOUNT.username,
      '--display-name',
      ACCOUNT.display,
      '--role',
      ACCOUNT.role,
      '--json',
    );
    token = await server.command(
      'enrol-token',
      '--url',
      proxy.url,
      '--site',
      'Main',
      '--audience',
      'KS2',
      '--uses',
      String(options.agents),
    );
    proxy.setTarget(await server.start());
    await Promise.all(agents.map((agent) => agent.start()));
    proxy.setChaos(true);
    say(`${options.agents} agents, one server, seed ${seed}; everything is in ${folder}`);

    const counts = await deal(planBlows({ seed, durationMs, agents: options.agents }), {
      server,
      proxy,
      agents,
      durationMs,
      say,
    });
    say('left in peace');
    const quietMs = performance.now();
    const { password } = JSON.parse(account) as { password: string };
    const url = await leaveInPeace({ server, proxy, agents });
    const console = await signIn(url, { username: ACCOUNT.username, password });
    const verdict = await settle(console, agents, lastVersion(counts), say);
    const settledMs = Math.round(performance.now() - quietMs);
    const checked = await checkPictures(console, verdict, say);
    const leaks = await countLeaks(folder, agents);
    return judge(options, { agents, verdict, checked, leaks, counts, settledMs, network: proxy.counts });
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
    await proxy.dispose();
    await server.stop();
    if (options.keep) say(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** No more blows. Restarts the server once more, so that the console below talks to it directly. */
async function leaveInPeace({ server, proxy, agents }: Stage): Promise<string> {
  proxy.setChaos(false);
  await server.stop();
  const url = await server.start();
  proxy.setTarget(url);
  await pause(SECOND_MS);
  for (const agent of agents) agent.last();
  return url;
}

/** Waits until everything is on the server, or no more can be expected. */
async function settle(
  console: Console,
  agents: readonly TorturedAgent[],
  policyVersion: number,
  say: TortureOptions['say'],
): Promise<Verdict> {
  const untilMs = performance.now() + SETTLE_DEADLINE_MS;
  for (;;) {
    const verdict = await console.read();
    const missing = missingOf(agents, verdict);
    const behind = verdict.applied.filter((version) => version === null || version < policyVersion).length;
    const settled =
      missing.length === 0 && verdict.gaps === 0 && verdict.awaitedPictures === 0 && behind === 0;
    if (settled || performance.now() > untilMs) return verdict;
    say(
      `waiting: ${missing.length} records, ${verdict.gaps} numbers, ${verdict.awaitedPictures} pictures, ${behind} policies`,
    );
    await pause(2 * SECOND_MS);
  }
}

/** A picture follows its record: those that are not there yet are looked for again. */
async function checkPictures(
  console: Console,
  { pictures }: Verdict,
  say: TortureOptions['say'],
): Promise<{ readonly missing: number; readonly wrong: number }> {
  const untilMs = performance.now() + SETTLE_DEADLINE_MS;
  let wrong = 0;
  let left = pictures;
  for (;;) {
    const checked = await console.checkPictures(left);
    wrong += checked.wrong;
    left = checked.missing;
    if (left.size === 0 || performance.now() > untilMs) return { missing: left.size, wrong };
    say(`waiting: ${left.size} pictures on their way`);
    await pause(2 * SECOND_MS);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      agents: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const report = await torture({
    seed: Number(values.seed),
    durationMs: Number(values.minutes) * 60_000,
    agents: Number(values.agents),
    keep: values.keep,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
  process.exitCode = report.ok ? 0 : 1;
}
