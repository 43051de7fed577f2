import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import type { TorturedAgent } from './agentProcess.ts';
import type { TorturedServer } from './schoolServer.ts';

const verifyReport = z.object({
  records: z.int(),
  faults: z.array(z.object({ code: z.string(), subject: z.string() })),
});
const reasonRow = z.object({ reason: z.string().nullable() });

export interface Inspection {
  /** Records that the server's own walk has opened and checked. */
  readonly verified: number;
  /** Everything that is not as it should be, a line each. */
  readonly faults: readonly string[];
}

/**
 * Looks into what server and agents have left behind, when all have stopped: the faults of the server's own `verify`,
 * and every record that either side has put aside.
 */
export async function inspect(
  server: TorturedServer,
  agents: readonly Pick<TorturedAgent, 'name' | 'data'>[],
): Promise<Inspection> {
  const report = verifyReport.parse(JSON.parse(await server.answerOf('verify', '--json')));
  const faults = report.faults.map(({ code, subject }) => `server: verify ${code} ${subject}`);
  const refused = reasons(join(server.data, 'lapwing.db'), 'SELECT reason FROM quarantine');
  faults.push(...refused.map((reason) => `server: quarantined ${reason}`));
  for (const { name, data } of agents) {
    const kept = reasons(
      join(data, 'outbox.db'),
      `SELECT reason FROM quarantine UNION ALL SELECT reason FROM blob WHERE state = 'quarantined'`,
    );
    faults.push(...kept.map((reason) => `${name}: quarantined ${reason}`));
    const aside = (await readdir(data)).filter((file) => /^outbox\.(damaged|former)-\d+\.db$/.test(file));
    faults.push(...aside.map((file) => `${name}: set aside ${file}`));
  }
  return { verified: report.records, faults };
}

function reasons(path: string, sql: string): string[] {
  const database = new Database(path, { fileMustExist: true });
  try {
    const check = String(database.pragma('integrity_check(1)', { simple: true }));
    const found = z.array(reasonRow).parse(database.prepare(sql).all());
    return [
      ...(check === 'ok' ? [] : [`damaged: ${check}`]),
      ...found.map(({ reason }) => reason ?? 'no reason'),
    ];
  } finally {
    database.close();
  }
}
