import { parseArgs } from 'node:util';

/** What the agent was asked on its command line. Chromium's own options are passed over. */
export interface AgentArguments {
  /** A token, or `@` and the path of a file that holds one. */
  readonly enrol: string | null;
  readonly watch: { readonly seconds: number | null } | null;
}

/**
 * Reads the arguments after the program (and, in development, after the app's folder).
 * `--watch` ends by itself after `--seconds` when that is a positive number.
 */
export function parseArguments(args: readonly string[]): AgentArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { enrol: { type: 'string' }, watch: { type: 'boolean' }, seconds: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const seconds = Number(values.seconds);
  return {
    enrol: typeof values.enrol === 'string' && values.enrol !== '' ? values.enrol : null,
    watch: values.watch === true ? { seconds: seconds > 0 ? seconds : null } : null,
  };
}
