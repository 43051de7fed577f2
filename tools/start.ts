import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitWith, Problem, say } from './bootstrap/say.mjs';
import { ensureBuilt } from './build/index.ts';
import { projectFolder, schoolFolder } from './paths.ts';
import { startChild } from './process/child.ts';
import {
  type DemoSchool,
  readRunning,
  removeRunning,
  startDemoSchool,
  unpackagedAgent,
  writeRunning,
} from './school/index.ts';

/** `npm start [-- --reset]`: a demo school on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { reset: { type: 'boolean', default: false } } });
  const running = await readRunning(schoolFolder);
  if (running !== null) {
    throw new Problem(
      `The demo school is running already (process ${running.processId}); its console: ${running.url}`,
      'Use that one, or end it with Ctrl-C where it was started.',
    );
  }
  // From here on Ctrl-C is an orderly end, also in the middle of the start.
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve('interrupted'));
  });
  if (values.reset) await reset();
  const program = await unpackagedAgent();
  await ensureBuilt(['agent', 'console']);
  const school = await startDemoSchool(schoolFolder, program, { alwaysVirtual: false });
  try {
    await writeRunning(schoolFolder, {
      processId: process.pid,
      agentProcessId: school.agent.process.pid ?? 0,
      url: school.url,
      environment: school.display.environment,
    });
    welcome(school);
    const ended = await Promise.race([
      interrupted,
      school.agent.ended.then((code) => `the agent (${code})` as const),
      school.server.ended.then((code) => `the server (${code})` as const),
    ]);
    if (ended !== 'interrupted') {
      throw new Problem(
        `Stopping, because this ended by itself: ${ended}.`,
        `What it said last is in ${join(schoolFolder, 'agent.out')} and ${join(schoolFolder, 'agent/logs')}.`,
      );
    }
    say('\nStopping ...');
  } finally {
    await removeRunning(schoolFolder);
    await school.dispose();
  }
  say('Stopped. "npm start" continues with the same school; "npm start -- --reset" begins anew.');
}

async function reset(): Promise<void> {
  for (const name of [
    'server',
    'agent',
    'school.json',
    'enrolment-token',
    'agent.out',
    'demo-account.json',
  ]) {
    await rm(join(schoolFolder, name), { recursive: true, force: true });
  }
  say('The old demo school is gone; beginning anew.');
}

function welcome(school: DemoSchool): void {
  const out = (line = '') => process.stdout.write(`${line}\n`);
  out('\nThe demo school is running.\n');
  out(`  Console     ${school.url}`);
  if (school.newAccounts === null) {
    out('  Accounts    technician and dsl; their passwords were shown at the first start');
    out('              (forgotten? npm start -- --reset begins anew)');
  } else {
    for (const { username, password } of Object.values(school.newAccounts)) {
      out(`  Account     ${username.padEnd(12)} password ${password}   (shown only now)`);
    }
  }
  out(
    `  Agent       running in Electron${school.display.virtual ? ` on display ${school.display.environment.DISPLAY}` : '; look for the bird in the tray'}`,
  );
  out('  Try         npm run demo -- --once      (in another terminal)');
  out('\nCtrl-C stops all of it.\n');
  if (!school.display.virtual) openInBrowser(school.url);
}

function openInBrowser(url: string): void {
  const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
    darwin: ['open'],
    win32: ['cmd', '/c', 'start'],
  };
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  // Nobody has to have a browser: the address stands above.
  startChild(program, [...args, url], { cwd: projectFolder });
}

main().then(() => process.exit(0), exitWith);
