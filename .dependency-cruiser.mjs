/**
 * The arrows between parts: who may import whom. `npm run check` fails on any other import, and
 * test/architecture proves that each rule bites. The picture is in docs/decisions/0002 and CONTRIBUTING.md.
 */

/** One stage or window of the agent each; the composition root joins them. */
const STAGES = 'observe|match|capture|outbox|deliver|policy|enrolment|health|tray|notice|report';
/** One slice of the server each. */
const SLICES = 'accounts|devices|ingest|policy|review|live|cases|alerts|retention|reports';
/** What every slice of the server may stand on. */
const SERVER_BASE = 'platform|http|store|audit|sequences|keys';
const CONSOLE_VIEWS = 'queue|item|devices|session';

const npm = (...names) => `^node_modules/(?:@types/)?(?:${names.join('|')})/`;

/** A rule that names all a part may import; everything else is an error. */
const only = (name, comment, from, ...allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed] },
});

/** A rule that names what a part may not import. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const SHARED = '^src/shared/';
const PORTS = '^src/main/ports/';

export default {
  forbidden: [
    never('no-cycle', 'Nothing depends on itself.', {}, { circular: true }),
    never('resolvable', 'Every import exists.', {}, { couldNotResolve: true }),
    never(
      'product-alone',
      'The product never imports tests, tools or benchmarks.',
      { path: '^src/' },
      { path: '^(?:test|tools|bench)/' },
    ),
    never(
      'shipped-dependencies',
      'What runs unbundled stands on run-time dependencies only.',
      { path: '^src/(?:main|server|shared)/' },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: npm('electron', 'undici-types', 'node'),
      },
    ),

    only('kernel', 'The kernel imports nothing.', '^src/shared/kernel/'),
    only(
      'contract',
      'Schemas know the kernel and zod.',
      '^src/shared/contract/',
      '^src/shared/kernel/',
      npm('zod'),
    ),
    only(
      'ipc',
      'The channel map knows the contract.',
      '^src/shared/ipc/',
      '^src/shared/contract/',
      npm('zod'),
    ),
    only(
      'match',
      'Matching is pure: kernel, contract, and parsing of rule files.',
      '^src/shared/match/',
      '^src/shared/(?:kernel|contract)/',
      npm('zod', 'yaml', 're2js'),
    ),
    only(
      'seal',
      'Sealing and signing: kernel, contract and the two cryptographic libraries.',
      '^src/shared/seal/',
      '^src/shared/(?:kernel|contract)/',
      npm('zod', '@hpke/core', '@hpke/common', 'jose', 'uuid'),
    ),

    only('ports', 'Ports are interfaces over the shared types.', PORTS, SHARED, npm('zod')),
    never(
      'platform',
      'An adapter knows the ports and its neighbours, never a stage.',
      { path: '^src/main/platform/' },
      { path: '^src/', pathNot: ['^src/main/platform/', PORTS, SHARED] },
    ),
    never(
      'stage',
      'A stage of the agent knows the ports and the shared types, never another stage, an adapter or the root.',
      { path: `^src/main/(${STAGES})/` },
      { path: '^src/', pathNot: ['^src/main/$1/', PORTS, SHARED] },
    ),
    never(
      'stage-world',
      'A stage reaches the world through ports: no package but zod (and the outbox its database), no Node module but net, whose address lists are pure.',
      { path: `^src/main/(?:app|${STAGES})/` },
      { path: '^(?!src/)', pathNot: [npm('zod'), npm('better-sqlite3'), '^net$'] },
    ),
    never(
      'outbox-database',
      'Only the outbox knows the database.',
      { path: '^src/main/', pathNot: '^src/main/outbox/' },
      { path: npm('better-sqlite3') },
    ),
    never(
      'root',
      'The root joins stages; it knows adapters only by their ports.',
      { path: '^src/main/app/' },
      { path: '^src/', pathNot: ['^src/main/(?!platform/|main)', SHARED] },
    ),
    only(
      'entry',
      'The entry joins the root and the host.',
      '^src/main/main\\.ts$',
      '^src/main/(?:app|platform/electron)/index\\.ts$',
    ),
    never(
      'electron',
      'Only the Electron adapters and the preload know Electron.',
      { path: '^src/', pathNot: '^src/(?:main/platform/electron|renderer/preload)/' },
      { path: npm('electron') },
    ),

    never(
      'preload',
      'The preload knows the channel map, nothing else.',
      { path: '^src/renderer/preload/' },
      { pathNot: ['^src/renderer/preload/', '^src/shared/ipc/', npm('electron')] },
    ),
    never(
      'renderer',
      "A pupil's window knows the shared types and the widgets, never the main process.",
      { path: '^src/renderer/' },
      { path: '^src/', pathNot: ['^src/renderer/', '^src/shared/(?:kernel|contract|ipc)/', '^src/ui/'] },
    ),
    never(
      'ui',
      'Widgets know the contract at most.',
      { path: '^src/ui/' },
      { path: '^src/', pathNot: ['^src/ui/', '^src/shared/(?:kernel|contract)/'] },
    ),
    only(
      'extension',
      'The browser extension knows the contract.',
      '^src/extension/',
      '^src/shared/(?:kernel|contract)/',
      npm('zod'),
    ),
    never(
      'console',
      'The console knows the shared types and the widgets.',
      { path: '^src/console/' },
      { path: '^src/', pathNot: ['^src/console/', '^src/shared/(?!seal)', '^src/ui/'] },
    ),
    never(
      'console-view',
      "A view of the console never imports another one's.",
      { path: `^src/console/(${CONSOLE_VIEWS})/` },
      { path: `^src/console/(?:${CONSOLE_VIEWS}|app)/`, pathNot: '^src/console/$1/' },
    ),
    never(
      'browser-side',
      'What runs in a browser imports no Node module.',
      { path: '^src/(?:shared|renderer|ui|console|extension)/' },
      { dependencyTypes: ['core'] },
    ),

    never(
      'server',
      'The server knows the shared types only.',
      { path: '^src/server/' },
      { path: '^src/', pathNot: ['^src/server/', SHARED] },
    ),
    never(
      'slice',
      'A slice of the server knows the base it stands on, never another slice or the root.',
      { path: `^src/server/(${SLICES})/` },
      {
        path: '^src/server/',
        pathNot: [
          '^src/server/$1/',
          `^src/server/(?:${SERVER_BASE})/`,
          '^src/server/(?:errors|config)\\.ts$',
        ],
      },
    ),
    never(
      'server-base',
      'The base of the server knows no slice and no root.',
      { path: `^src/server/(?:${SERVER_BASE})/` },
      {
        path: '^src/server/',
        pathNot: [`^src/server/(?:${SERVER_BASE})/`, '^src/server/(?:errors|config)\\.ts$'],
      },
    ),

    never(
      'index-only',
      "A folder shows only its index: import that, not a file inside another's folder.",
      { path: '^(src/(?:main/platform|main|server|shared|console)/[^/]+)/' },
      {
        path: '^src/(?:main/platform|main|server|shared|console)/[^/]+/[^/]+',
        pathNot: ['^$1/', '/index\\.tsx?$', '^src/(?:server|console)/platform/[^/]+\\.ts$', '\\.css$'],
      },
    ),
    never(
      'index-only-entry',
      'Entries and roots, too, import only what a folder shows.',
      { path: '^src/[^/]+/[^/]+$' },
      {
        path: '^src/(?:main/platform|main|server|shared|console)/[^/]+/[^/]+',
        pathNot: ['/index\\.tsx?$', '^src/(?:server|console)/platform/[^/]+\\.ts$', '\\.css$'],
      },
    ),
    never(
      'ui-front',
      'The widgets are imported by `#ui`.',
      { path: '^src/', pathNot: '^src/ui/' },
      { path: '^src/ui/', pathNot: ['^src/ui/index\\.ts$', '\\.css$'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The project's TypeScript 7 has no JavaScript interface; swc keeps type-only imports, which count too.
    parser: 'swc',
    combinedDependencies: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
