/**
 * `npm run bench -- path [--json] [--records N]`: the way of a record, from the agent's disk to the server's, beside
 * what the raw parts allow on this machine in the same run. `--records 1000000` shows the server's memory as the
 * stored records grow to a million (some ten minutes on each database).
 */
import { parseArgs } from 'node:util';
import { machine, writeSection } from '../report.ts';
import { type AgentFigures, measureAgent, measureAppend } from './agentSide.ts';
import { measureCatchUp } from './catchUp.ts';
import { measurePostgresInserts, measureSignatures, measureSqliteInserts } from './rawParts.ts';
import { startSchool } from './school.ts';
import {
  BATCH,
  type IngestFigures,
  measureEmptyRoute,
  measureHeartbeats,
  measureIngest,
  withPostgresSchool,
} from './serverSide.ts';

interface PathFigures {
  readonly agent: AgentFigures;
  readonly ingest: {
    readonly sqlite: IngestFigures;
    readonly postgres: IngestFigures;
    /** Requests, each with a batch of 20 records. */
    readonly emptyRoutePerSecond: number;
    /** Of better-sqlite3 alone, 20 rows to a transaction. */
    readonly rawInsertsPerSecond: number;
    /** Of PostgreSQL alone, 20 rows to a transaction. */
    readonly rawPostgresInsertsPerSecond: number;
    readonly signaturesPerSecond: number;
  };
  readonly heartbeatsPerSecond: number;
  readonly appendNs: { readonly at10: number; readonly at100000: number };
  /** For 10,000 records of one device. */
  readonly catchUpSeconds: number;
}

const CATCH_UP_RECORDS = 10_000;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, records: { type: 'string', default: '20000' } },
  });
  const records = Number(values.records);
  if (!Number.isInteger(records) || records < 1) {
    process.stderr.write('--records is a whole number above 0\n');
    return 2;
  }
  const figures = rounded(await measure(records, (line) => process.stderr.write(`${line}\n`)));
  const markdown = page(figures);
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${markdown}\n`);
  writeSection('path', markdown);
  return 0;
}

async function measure(records: number, say: (line: string) => void): Promise<PathFigures> {
  say('the agent: sealing, signing, writing');
  const agent = await measureAgent(Math.min(records, 10_000));
  say('an append with 10 and with 100,000 records waiting');
  const appendNs = await measureAppend();
  say('the server on SQLite');
  const rawInsertsPerSecond = await measureSqliteInserts(10_000);
  const signaturesPerSecond = await measureSignatures(4_000);
  const school = await startSchool(null);
  try {
    const emptyRoutePerSecond = await measureEmptyRoute(school);
    const sqlite = await measureIngest(school, records, say);
    const heartbeatsPerSecond = await measureHeartbeats(school);
    say(`one device catches up with ${CATCH_UP_RECORDS} records`);
    const catchUpSeconds = await measureCatchUp(school, CATCH_UP_RECORDS);
    say('the server on PostgreSQL');
    const [rawPostgresInsertsPerSecond, postgres] = await withPostgresSchool(
      async (on, spareUrl) =>
        [await measurePostgresInserts(spareUrl, 10_000), await measureIngest(on, records, say)] as const,
    );
    return {
      agent,
      ingest: {
        sqlite,
        postgres,
        emptyRoutePerSecond,
        rawInsertsPerSecond,
        rawPostgresInsertsPerSecond,
        signaturesPerSecond,
      },
      heartbeatsPerSecond,
      appendNs,
      catchUpSeconds,
    };
  } finally {
    await school.stop();
  }
}

/** Whole numbers, seconds with two digits: more is noise. */
function rounded<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_key, part) =>
      typeof part === 'number' ? (part < 1_000 ? Math.round(part * 100) / 100 : Math.round(part)) : part,
    ),
  );
}

function page({ agent, ingest, heartbeatsPerSecond, appendNs, catchUpSeconds }: PathFigures): string {
  const rows: (readonly [string, string])[] = [
    ['Agent: sealed, signed and on disk, 64 at once', `${agent.recordsPerSecond} records/s`],
    ['Beside it: better-sqlite3 alone, 64 rows a transaction', `${agent.rawInsertsPerSecond} rows/s`],
    ['Agent: each awaited before the next', `${agent.oneByOnePerSecond} records/s`],
    ['Beside it: better-sqlite3 alone, one row a transaction', `${agent.rawOneByOnePerSecond} rows/s`],
    ['An append with 10 records waiting', `${Math.round(appendNs.at10 / 1_000)} us`],
    ['An append with 100,000 records waiting', `${Math.round(appendNs.at100000 / 1_000)} us`],
    ['Server on SQLite, batches of 20, fsync on', accepted(ingest.sqlite)],
    ['Server on PostgreSQL, batches of 20, fsync on', accepted(ingest.postgres)],
    [
      "Beside it: Fastify's empty route, the same batches",
      `${ingest.emptyRoutePerSecond} requests/s, ${Math.round(ingest.emptyRoutePerSecond * BATCH)} records/s`,
    ],
    ['Beside it: better-sqlite3 alone, 20 rows a transaction', `${ingest.rawInsertsPerSecond} rows/s`],
    ['Beside it: pg alone, 20 rows a transaction', `${ingest.rawPostgresInsertsPerSecond} rows/s`],
    ["Beside it: checking the records' signatures alone", `${ingest.signaturesPerSecond} records/s`],
    ['Heartbeats', `${heartbeatsPerSecond}/s`],
    ['A device catches up with 10,000 records', `${catchUpSeconds} s`],
    ...memoryRows('SQLite', ingest.sqlite),
    ...memoryRows('PostgreSQL', ingest.postgres),
  ];
  const table = rows.map(([what, figure]) => `| ${what} | ${figure} |`).join('\n');
  return `## The path of a record

\`npm run bench -- path\` on ${machine()}. The server, the database and what drives them share the machine.
Speeds are those of the quietest round, the raw parts' as well; in brackets the mean of all.

| | |
| --- | ---: |
${table}`;
}

function accepted({ recordsPerSecond, meanRecordsPerSecond }: IngestFigures): string {
  return `${recordsPerSecond} records/s (${meanRecordsPerSecond})`;
}

function memoryRows(database: string, { memory }: IngestFigures): (readonly [string, string])[] {
  return memory.map(({ records, rssBytes }) => [
    `Server's memory on ${database} with ${records} records stored`,
    rssBytes === null ? 'unknown' : `${Math.round(rssBytes / 1_000_000)} MB`,
  ]);
}
