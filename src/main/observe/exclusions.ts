import type { Policy } from '#contract';
import { programName } from './browsers.ts';
import type { Sight } from './join.ts';
import { createWildcard } from './wildcard.ts';

type Exclusion = Policy['capture']['excluded'][number];

/**
 * What no school can want: password managers and the sign-in pages of the common accounts. It stands here and in
 * no policy, so that no policy can undo it; where a policy names the same, the policy's reason is told.
 */
const ALWAYS: readonly Exclusion[] = [
  ...[
    '1password',
    'bitwarden',
    'keepass',
    'keepass2',
    'keepassxc',
    'lastpass',
    'dashlane',
    'enpass',
    'keeper password manager',
    'keeperpasswordmanager',
    'vault.bitwarden.com',
    'vault.bitwarden.eu',
    'my.1password.com',
    'my.1password.eu',
    'keepersecurity.com',
    'keepersecurity.eu',
  ].map((pattern) => ({ pattern, reason: 'password_manager' })),
  ...[
    'accounts.google.com',
    'login.microsoftonline.com',
    'login.live.com',
    'login.windows.net',
    'appleid.apple.com',
    'idmsa.apple.com',
  ].map((pattern) => ({ pattern, reason: 'sign_in' })),
];

/** Exact window titles of sign-in pages, for browsers whose extension is missing. Exact, so that they hide nothing else. */
const SIGN_IN_TITLES: ReadonlySet<string> = new Set([
  'Sign in - Google Accounts',
  'Sign in to your account',
  'Sign in to your Microsoft account',
]);

/** Whether a pattern names a web host: it has a dot, and is no program's file. */
function namesHost(pattern: string): boolean {
  return pattern.includes('.') && !/\.(exe|app)$/i.test(pattern);
}

/** A host's pattern covers its subdomains too; a program's is the whole name, without `.exe` or `.app`. */
function compile({ pattern, reason }: Exclusion) {
  const ofHost = namesHost(pattern);
  const matches = createWildcard(ofHost ? pattern : programName(pattern));
  const matchesBelow = createWildcard(`*.${pattern}`);
  return {
    reason,
    matches: (host: string | null, programs: readonly string[]) =>
      ofHost ? host !== null && (matches(host) || matchesBelow(host)) : programs.some(matches),
  };
}

function hostOf(url: string): string | null {
  const parsed = URL.parse(url);
  return parsed === null || parsed.hostname === '' ? null : parsed.hostname.toLowerCase();
}

/** Removes what a browser appends to its window's title. */
function pageTitle(sight: Sight): string {
  return sight.title
    .split(/ [-—–] /)
    .slice(0, -1)
    .join(' - ');
}

/**
 * Compiles the exclusions of a policy. The result says why a sight must be left out, or null. A pattern with a dot
 * is looked for in the host of the URL; any other, and one that ends in `.exe` or `.app`, in the program's name and
 * its file's name.
 */
export function compileExclusions(excluded: readonly Exclusion[]): (sight: Sight) => string | null {
  const compiled = [...excluded, ...ALWAYS].map(compile);
  return (sight) => {
    const { appName, appPath } = sight.window;
    const host = sight.url === null ? null : hostOf(sight.url);
    const programs = [appName, appPath ?? ''].map((name) => programName(name.slice(-512)));
    const found = compiled.find(({ matches }) => matches(host, programs));
    if (found !== undefined) return found.reason;
    const signsIn = sight.browser !== null && sight.url === null && SIGN_IN_TITLES.has(pageTitle(sight));
    return signsIn ? 'sign_in' : null;
  };
}
