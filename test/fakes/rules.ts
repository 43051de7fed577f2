import type { PackFile } from '#match';
import type { SiteListLines } from '../../src/main/match/index.ts';

/** A site list of a test's own, in memory. */
export function aSiteList(name: string, text: string): SiteListLines {
  async function* lines() {
    yield* text.split('\n');
  }
  return { name, lines };
}

/** The rules an agent finds on its machine. `change` puts other lists there, and tells who watches. */
export function createFakeRules(packs: readonly PackFile[], lists: readonly SiteListLines[] = []) {
  let machine = lists;
  const watchers = new Set<() => void>();
  return {
    bundledPacks: async () => packs,
    compiledPacks: async (): Promise<Uint8Array | null> => null,
    bundledLists: async (): Promise<readonly SiteListLines[]> => [],
    machineLists: {
      read: async () => machine,
      watch(onChange: () => void) {
        watchers.add(onChange);
        return { dispose: () => void watchers.delete(onChange) };
      },
    },
    change(next: readonly SiteListLines[]) {
      machine = next;
      for (const told of watchers) told();
    },
    watching: () => watchers.size,
  };
}

/** A pack with one rule, `test/only`, for one word that nobody writes: "wibble". */
export function aPack(severity: 'high' | 'critical') {
  return {
    name: 'test.yaml',
    yaml: `pack: test
category: drugs
language: en
version: 1
description: Words for a test.
sources: [made up]
rules:
  - id: only
    severity: ${severity}
    phrases: [wibble]
`,
  };
}
