export { createHealth, type Health } from './health.ts';
export { createHealthJournal } from './journal.ts';
