// @ts-check
/**
 * What the tools say while they work. All of it goes to stderr: stdout belongs to results, so that
 * `npm run -s X -- --json` can be piped. Plain JavaScript because it runs before anything is installed.
 */

/** @param {string} message */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/**
 * Says what takes a while, that it is still going on, and how long it took.
 *
 * @template Value
 * @param {string} what for example `Installing dependencies`
 * @param {() => Promise<Value>} work
 * @returns {Promise<Value>}
 */
export async function step(what, work) {
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`${what} ...`);
  const heartbeat = setInterval(
    () => say(`  still ${what[0]?.toLowerCase()}${what.slice(1)} (${seconds()} s)`),
    10_000,
  );
  try {
    const value = await work();
    say(`  done in ${seconds()} s`);
    return value;
  } finally {
    clearInterval(heartbeat);
  }
}

/** A failure a person can act on: what is missing and what to do. Printed without a stack. */
export class Problem extends Error {
  /**
   * @param {string} what what went wrong, one sentence
   * @param {string} remedy what to do about it
   */
  constructor(what, remedy) {
    super(`${what}\n  -> ${remedy}`);
    this.name = 'Problem';
  }
}

/**
 * Ends the process the way every tool does: a {@link Problem} as its own words, anything else with its stack.
 *
 * @param {unknown} failure
 */
export function exitWith(failure) {
  if (failure instanceof Error && failure.name === 'Problem') say(`\n${failure.message}`);
  else say(`\n${failure instanceof Error ? failure.stack : String(failure)}`);
  process.exit(1);
}
