import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const projectFolder = resolve(import.meta.dirname, '../..');

/** Each source file belongs to one runtime, which says what it may use. A file in none of them is a mistake. */
const LAYERS: Readonly<Record<string, RegExp>> = {
  'shared: anywhere': /^src\/shared\/(?:kernel|contract|ipc|match|seal)\//,
  'agent: root, ports and stages':
    /^src\/main\/(?:main\.ts$|(?:app|ports|observe|match|capture|outbox|link|deliver|policy|enrolment|health|tray|notice)\/)/,
  'agent: adapters': /^src\/main\/platform\/[\w-]+\//,
  "pupils' windows: sandboxed pages": /^src\/renderer\/(?:preload|report|notice|shared)\//,
  'widgets: any page': /^src\/ui\//,
  'browser extension': /^src\/extension\//,
  'server: Node':
    /^src\/server\/(?:server|app|config|errors|cli)\.ts$|^src\/server\/(?:cli|platform|http|store|audit|sequences|keys|accounts|devices|ingest|policy|review|live|cases|alerts|retention|reports|maintenance)\//,
  'console: pages': /^src\/console\//,
};

const MAX_LINES = 320;

function files(pattern: string): string[] {
  return globSync(pattern, { cwd: projectFolder }).map((path) => path.replaceAll('\\', '/'));
}

const sources = files('src/**/*.{ts,tsx}');

describe('the source tree', () => {
  test('every file belongs to exactly one runtime', () => {
    const places = sources.map((file) => ({
      file,
      count: Object.values(LAYERS).filter((layer) => layer.test(file)).length,
    }));
    expect(places.filter(({ count }) => count !== 1)).toEqual([]);
  });

  test('every runtime has files and a compiler project that covers them', () => {
    const projects = files('src/**/tsconfig.json').map((path) => path.replace('tsconfig.json', ''));
    for (const [name, layer] of Object.entries(LAYERS)) {
      const own = sources.filter((file) => layer.test(file));
      expect(own.length, name).toBeGreaterThan(0);
      for (const file of own)
        expect(
          projects.some((project) => file.startsWith(project)),
          file,
        ).toBe(true);
    }
  });

  test(`no source file is longer than ${MAX_LINES} lines`, () => {
    const long = [...sources, ...files('tools/**/*.{ts,mjs,cjs}'), ...files('bench/**/*.ts')].filter(
      (file) => readFileSync(resolve(projectFolder, file), 'utf8').split('\n').length > MAX_LINES + 1,
    );
    expect(long).toEqual([]);
  });
});
