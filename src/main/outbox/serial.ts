/** Runs tasks one after the other, in the order they came. A task that fails does not stop those behind it. */
export interface Serial {
  run<Value>(task: () => Promise<Value>): Promise<Value>;
  /** Resolves when everything given so far has ended. */
  idle(): Promise<void>;
}

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const running = last.then(task);
      last = running.catch(() => undefined);
      return running;
    },
    async idle() {
      await last;
    },
  };
}
