/**
 * One agent of the torture: the real composition of `src/main/app` on plain Node, with windows that a script shows.
 * Prints a JSON line for each thing that is safe by the agent's own word: a capture whose picture is asked for (the
 * agent asks only when the text is written), and a report that the pupil was told is saved. `durable` is false for what
 * the agent holds in memory alone because its disk is full; `{"durable":true}` follows when that has reached the disk.
 * These lines are the truth the torture compares the server with; the product takes no part in writing them.
 */
import { parseArgs } from 'node:util';
import { compileSources } from '#match';
import { createAgent } from '../../src/main/app/index.ts';
import {
  createFiles,
  createHttp,
  createLog,
  createRandom,
  createTimers,
} from '../../src/main/platform/node/index.ts';
import type {
  CompileJob,
  CompileOutcome,
  ForegroundWindow,
  KeyVault,
  PageHandlers,
  Windows,
} from '../../src/main/ports/index.ts';
import { createDice } from './dice.ts';
import { nextStep, pictureFor } from './scene.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    name: { type: 'string' },
    seed: { type: 'string' },
    token: { type: 'string' },
  },
});
const { data = '', name = '', seed = '0', token = '' } = values;

/** Sent by the torture over the process channel. */
type Order = { readonly jumpMs: number } | { readonly last: true };

const machine = createTimers();
const dice = createDice(Number(seed));
const files = createFiles({ root: data });
let wallOffsetMs = 0;
const timers = { ...machine, now: () => Math.max(0, machine.now() + wallOffsetMs) };
const markers = new Map<number, string>();
let count = 0;
let show: (title: string, marker: string) => void = () => undefined;
let handlers: PageHandlers | null = null;
let finished = false;

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** How often an agent with a full disk is asked whether it has room again. */
const ASK_AGAIN_MS = 20;
let asking = false;

function sayWritten(marker: string): void {
  const durable = isDurable();
  say({ written: marker, durable });
  if (durable || asking) return;
  asking = true;
  machine.after(ASK_AGAIN_MS, askAgain);
}

function askAgain(): void {
  asking = !isDurable();
  if (asking) machine.after(ASK_AGAIN_MS, askAgain);
  else say({ durable: true });
}

/** Whether nothing is in memory alone. */
function isDurable(): boolean {
  return agent.queue()?.held === 0;
}

function createWindows(): Windows {
  return {
    watch(listener) {
      show = (title, marker) => {
        count += 1;
        markers.set(count, marker);
        markers.delete(count - 1_000);
        const window: ForegroundWindow = {
          windowId: count,
          title,
          appName: 'Browser',
          appPath: '/usr/bin/browser',
          processId: 41,
          bounds: { x: 0, y: 0, width: 800, height: 600 },
          url: null,
        };
        listener.onReading({ kind: 'window', window });
      };
      return { dispose: () => undefined };
    },
  };
}

/** Keeps secrets as files: this is no school's machine. */
function createFileVault(): KeyVault {
  return {
    protection: 'plain',
    read: (secret) => files.read(`vault/${secret}`),
    write: (secret, bytes) => files.writeAtomic(`vault/${secret}`, bytes),
    remove: (secret) => files.remove(`vault/${secret}`),
  };
}

async function compileHere({ ownPacks, skipWrong }: CompileJob): Promise<CompileOutcome> {
  const sources = { bundledPacks: [], bundledLists: [], ownPacks, machineLists: [] };
  const compiled = await compileSources(sources, { skipWrong });
  return compiled.ok ? { kind: 'compiled', ...compiled.value } : { kind: 'wrong', errors: compiled.error };
}

const agent = createAgent(
  {
    windows: createWindows(),
    tabs: { watch: () => ({ dispose: () => undefined }), setSettings: () => undefined },
    session: {
      facts: async () => ({
        user: `pupil.${name}`,
        displayName: null,
        accountType: 'local',
        machine: name.toUpperCase(),
        timeZone: 'Europe/London',
        addresses: [],
        hardwareId: `torture-${name}`,
      }),
      watchPresence(onPresence) {
        onPresence('active');
        return { dispose: () => undefined };
      },
    },
    screen: {
      async takeWindow({ windowId }) {
        const marker = markers.get(windowId) ?? '';
        sayWritten(marker);
        return { kind: 'taken', mediaType: 'image/png', bytes: pictureFor(marker), width: 800, height: 600 };
      },
    },
    keyVault: createFileVault(),
    files,
    tray: { open: () => ({ show: () => undefined, dispose: () => undefined }) },
    pages: {
      serve(served) {
        handlers = served;
        return { dispose: () => undefined };
      },
      open: () => undefined,
    },
    timers,
    random: createRandom(),
    log: createLog(timers, { path: null, echo: (line) => process.stderr.write(line) }),
    connect: (caPem) => createHttp({ caPem }),
    // One small pack, compiled anew after each kill: a thread for it would only slow the machine down.
    ruleCompiler: { compile: compileHere },
    compiledPacks: async () => null,
    machineLists: { read: async () => [], watch: () => ({ dispose: () => undefined }) },
    tokenSources: [{ name: 'argument', read: async () => token }],
  },
  { agentVersion: '0.0.0-torture', platform: 'linux', development: true, ownProcessId: process.pid },
);

async function report(marker: string, urgent: boolean): Promise<void> {
  const input = {
    about: 'something_i_saw',
    text: `report ${marker}`,
    urgent,
    contactId: null,
    attach: false,
  } as const;
  const answer = await handlers?.['report.send'](input, { close: () => undefined });
  if (answer?.state === 'saved') sayWritten(marker);
}

function step(): void {
  if (finished) return;
  if (agent.phase() === 'running') {
    const marker = `${name}n${String(count).padStart(5, '0')}`;
    const next = nextStep(dice, marker);
    if (next.kind === 'window') show(next.title, marker);
    else {
      count += 1;
      void report(marker, next.urgent);
    }
  }
  machine.after(dice.between(100, 1_500), step);
}

process.on('message', (order: Order) => {
  if ('jumpMs' in order) wallOffsetMs += order.jumpMs;
  else {
    finished = true;
    show(`kite storm ${name}last`, `${name}last`);
  }
});
// A file that may not grow any more (the torture's full disk) is an error of the write, not the end.
process.on('SIGXFSZ', () => undefined);
process.on('SIGTERM', () => void agent.stop().then(() => process.exit(0)));
process.on('disconnect', () => process.exit(0));

await agent.start();
say({ running: true });
step();
