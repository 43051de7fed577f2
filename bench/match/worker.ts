/**
 * Measures one engine in a process of its own, so that memory is its own and no engine warms another's code.
 * Input: one JSON task as argument. Output: one JSON line.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMatcher, loadCompiled } from '#match';
import { readCorpus } from '../detection/lines.ts';
import { makeDomains, makeObservations, makePhrases } from './data.ts';
import type { Task } from './match.ts';
import { bytesInUse, timeEach } from './measure.ts';
import { PEERS } from './peers.ts';

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const phrases = makePhrases(task.rules);
const domains = makeDomains(task.domains);
/** Through JSON, so that strings lie in memory as they do when they come from another process. */
const observations = JSON.parse(JSON.stringify(makeObservations(task.observations, phrases, domains))) as {
  title: string;
  url: string;
}[];
const texts = JSON.parse(JSON.stringify(observations.map(({ title, url }) => `${title} ${url}`))) as string[];
const urls = observations.map(({ url }) => url);
const context = { audience: 'KS3', at: 0, ownNames: [] } as const;

const SCHOOL_DAYS = fileURLToPath(new URL('../detection/development', import.meta.url));

/** Titles of ordinary school work that share words with harm: harder than most of a day. */
async function readSchoolDays() {
  const lines = (await readCorpus(SCHOOL_DAYS)).filter(({ expect }) => expect === null);
  return JSON.parse(JSON.stringify(lines)) as typeof lines;
}
const schoolDays = task.what === 'shipped' ? await readSchoolDays() : [];

function measureOurs(file: string): object {
  const bytes = readFileSync(file);
  const before = bytesInUse() - bytes.byteLength;
  const start = performance.now();
  const compiled = loadCompiled(bytes);
  const loadMs = performance.now() - start;
  if (!compiled.ok) throw new Error(compiled.error);
  const matcher = createMatcher(compiled.value);
  const works = {
    observation: () =>
      timeEach(observations, ({ title, url }) => matcher.match({ title, url, app: '' }, context).hits.length),
    phrases: () =>
      timeEach(texts, (title) => matcher.match({ title, url: null, app: '' }, context).hits.length),
    shipped: () => timeEach(schoolDays, (line) => matcher.match(line, context).hits.length),
    domains: () => timeEach(urls, (url) => matcher.match({ title: '', url, app: '' }, context).hits.length),
  };
  const times = works[task.what]();
  return { ...times, loadMs, memoryBytes: bytesInUse() - before };
}

function measurePeer(name: string): object {
  const peer = PEERS.find((one) => one.name === name);
  if (peer === undefined) throw new Error(`no such peer: ${name}`);
  const before = bytesInUse();
  const find = peer.build(peer.what === 'phrases' ? phrases : domains);
  const times = timeEach(peer.what === 'phrases' ? texts : urls, find);
  return { ...times, loadMs: 0, memoryBytes: bytesInUse() - before };
}

const result = task.file === null ? measurePeer(task.name) : measureOurs(task.file);
process.stdout.write(`${JSON.stringify(result)}\n`);
