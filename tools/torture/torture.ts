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
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createTorturedAgent, type TorturedAgent } from './agentProcess.ts';
import { makeCertificates } from './certificates.ts';
import { deal, type Stage } from './deal.ts';
import { createDisk, type FullDisk } from './disk.ts';
import { inspect } from './inspect.ts';
import { judge, lastVersion, type TortureReport } from './judge.ts';
import { countLeaks } from './leaks.ts';
import { mayMount, runWithMounts } from './namespace.ts';
import { LINES, type Line, lineOf, type Network, startNetwork } from './network.ts';
import { planBlows, type TortureOptions } from './schedule.ts';
import { createTorturedServer, type TorturedServer } from './schoolServer.ts';
import { settle } from './settle.ts';
import { signIn } from './verdict.ts';

const USERNAME = 'torture.dsl';

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { seed, durationMs, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lapwing-torture-'));
  const fullDisk: FullDisk = mayMount() ? 'tmpfs' : 'fileSizeLimit';
  const certificates = await makeCertificates();
  const server = await createTorturedServer(folder, certificates);
  const network = await startNetwork(seed + 1, certificates);
  const agents: TorturedAgent[] = [];
  try {
    const password = await openSchool(server);
    const tokens = await makeTokens(server, network, options.agents);
    for (let at = 0; at < options.agents; at++) {
      const [name, line] = [`a${at}`, lineOf(at)];
      const disk = await createDisk(fullDisk, join(folder, name));
      const token = () => tokens.get(line) ?? '';
      agents.push(createTorturedAgent({ folder, name, seed: seed + at, line, disk, token }));
    }
    network.setTarget(await server.start());
    await Promise.all(agents.map((agent) => agent.start()));
    network.setChaos(true);
    say(`${options.agents} agents, one server, seed ${seed}; everything is in ${folder}`);

    const stage: Stage = { server, network, agents };
    const blows = planBlows({ seed, durationMs, agents: options.agents });
    const counts = await deal(blows, { ...stage, durationMs, say });
    say('left in peace');
    const quietMs = performance.now();
    const url = await leaveInPeace(stage);
    const console = await signIn({ url, caPem: certificates.caPem, username: USERNAME, password });
    const { verdict, checked } = await settle(console, agents, lastVersion(counts), say);
    const settledMs = Math.round(performance.now() - quietMs);
    const leaks = await countLeaks(folder, agents);
    await Promise.all(agents.map((agent) => agent.stop()));
    await server.stop();
    const inspection = await inspect(server, agents);
    for (const fault of inspection.faults) say(fault);
    const found = { agents, verdict, checked, inspection, leaks, counts, settledMs, fullDisk };
    return judge(options, { ...found, network: network.counts() });
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
    await network.dispose();
    await server.stop();
    for (const { disk } of agents) await disk.dispose(options.keep);
    if (options.keep) say(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** Sets the school up; gives the password of the one who looks at the end. */
async function openSchool(server: TorturedServer): Promise<string> {
  await server.command('init', '--school', 'Torture Primary');
  await server.setPolicy();
  const account = ['--username', USERNAME, '--display-name', 'Torture DSL', '--role', 'dsl', '--json'];
  const { password } = JSON.parse(await server.command('add-account', ...account)) as { password: string };
  return password;
}

/** One token for each line; those by TLS pin the CA. */
async function makeTokens(
  server: TorturedServer,
  network: Network,
  agents: number,
): Promise<ReadonlyMap<Line, string>> {
  const tokens = new Map<Line, string>();
  for (const line of LINES) {
    const url = network.urlOf(line);
    const ca = url.startsWith('https:') ? ['--ca', server.caPath] : [];
    const what = ['--url', url, '--site', 'Main', '--audience', 'KS2', '--uses', String(agents), ...ca];
    tokens.set(line, await server.command('enrol-token', ...what));
  }
  return tokens;
}

/** No more blows. Restarts the server once more, so that the console talks to it directly. */
async function leaveInPeace({ server, network, agents }: Stage): Promise<string> {
  network.setChaos(false);
  await server.stop();
  const url = await server.start();
  network.setTarget(url);
  for (const agent of agents) agent.last();
  return url;
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      agents: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const exitCode = await runWithMounts(fileURLToPath(import.meta.url), args);
  if (exitCode !== null) process.exit(exitCode);
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
