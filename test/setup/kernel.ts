import { createDisposables as createReal, type Disposables } from '../../src/shared/kernel/index.ts';

/**
 * Stands in for `#kernel` in tests: the same, but it remembers which stacks of disposables were made, so that
 * `leaks.ts` can tell which were never stopped.
 */
export * from '../../src/shared/kernel/index.ts';

const undisposed = new Map<Disposables, string>();

export function createDisposables(): Disposables {
  const real = createReal();
  const madeAt = new Error('made here').stack?.split('\n')[2]?.trim() ?? 'somewhere';
  let isDisposed = false;
  const stack: Disposables = {
    add(part) {
      // An empty stack holds nothing that could leak.
      if (!isDisposed) undisposed.set(stack, madeAt);
      return real.add(part);
    },
    dispose() {
      isDisposed = true;
      undisposed.delete(stack);
      return real.dispose();
    },
  };
  return stack;
}

/** Where the stacks that nobody disposed were made; forgets them. */
export function takeUndisposed(): string[] {
  const places = [...undisposed.values()];
  undisposed.clear();
  return places;
}
