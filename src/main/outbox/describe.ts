import { type PlainRecord, type Priority, severityRank } from '#contract';

/** Which place a record takes in the outbox, and what it is about. */
export interface Description {
  readonly priority: Priority;
  readonly about: string | null;
}

/**
 * A capture is as urgent as its worst hit; a report is a report, or critical when the pupil asked for help now;
 * counts of repeats come after all that is new. `textPriority` is that of the text a screenshot belongs to.
 */
export function describe(record: PlainRecord, textPriority: Priority = 'low'): Description {
  switch (record.kind) {
    case 'capture':
      return { priority: worst(record.hits.map((hit) => hit.severity)), about: null };
    case 'report':
      return { priority: record.urgent ? 'critical' : 'report', about: null };
    case 'repeat':
      return { priority: 'low', about: record.captureId };
    case 'screenshot':
      return { priority: textPriority, about: record.recordId };
    case 'dropped':
    case 'health':
      return { priority: 'health', about: null };
  }
}

function worst(severities: readonly Parameters<typeof severityRank>[0][]): Priority {
  let found: Parameters<typeof severityRank>[0] = 'low';
  for (const severity of severities) if (severityRank(severity) > severityRank(found)) found = severity;
  return found;
}
