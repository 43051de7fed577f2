/** Something that was started and can be stopped. Stopping twice is the same as stopping once. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** A stack of started things, stopped together in reverse order. */
export interface Disposables extends Disposable {
  /** Takes ownership of `part` and gives it back, so that creation and registration are one line. */
  add<Part extends Disposable>(part: Part): Part;
  dispose(): Promise<void>;
}

/**
 * Makes an empty stack of disposables. Every part is stopped even when an earlier one throws;
 * the failures are thrown together at the end. A part added after disposal is stopped at once.
 */
export function createDisposables(): Disposables {
  const parts: Disposable[] = [];
  let disposed: Promise<void> | undefined;

  async function disposeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await part.dispose();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} part(s) failed to stop`);
    }
  }

  return {
    add(part) {
      if (disposed === undefined) parts.push(part);
      else void part.dispose();
      return part;
    },
    dispose() {
      disposed ??= disposeAll();
      return disposed;
    },
  };
}
