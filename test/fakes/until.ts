/** Turns of the event loop after which what was expected counts as not happening: some seconds. */
const MAX_TURNS = 200_000;

/**
 * Waits for something that comes from outside virtual time (a signature, a file, a socket), turn by turn of the
 * event loop, and fails where it does not come. No sleep: it goes on in the turn in which it is true.
 */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it did not come: ${condition.toString()}`);
}
