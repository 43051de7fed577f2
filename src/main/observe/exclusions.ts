import type { Policy } from '#contract';
import { programName } from './browsers.ts';
import type { Sight } from './join.ts';

type Exclusion = Policy['capture']['excluded'][number];

/** What no school can want: password managers and the sign-in pages of the common accounts. */
const ALWAYS: readonly Exclusion[] = [
  ...['1password', 'bitwarden', 'keepass', 'keepassxc', 'lastpass', 'dashlane', 'enpass', 'keeper*'].map(
    (pattern) => ({ pattern, reason: 'password_manager' }),
  ),
  ...[
    'accounts.google.com',
    'login.microsoftonline.com',
    'login.live.com',
    'login.windows.net',
    'appleid.apple.com',
    'idmsa.apple.com',
    'vault.bitwarden.com',
    'my.1password.com',
  ].map((pattern) => ({ pattern, reason: 'sign_in' })),
];

/** Exact window titles of sign-in pages, for browsers whose extension is missing. Exact, so that they hide nothing else. */
const SIGN_IN_TITLES: ReadonlySet<string> = new Set([
  'Sign in - Google Accounts',
  'Sign in to your account',
  'Sign in to your Microsoft account',
]);

/** A matcher of patterns in which `*` stands for anything; a host pattern covers subdomains too. */
function createPattern(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split('*');
  const source = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*?');
  const expression = new RegExp(`^(?:.*\\.)?${source}$`, 'su');
  return (text) => expression.test(text);
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
 * Compiles the exclusions of a policy. The result says why a sight must be left out, or null.
 * Patterns are looked for in the host of the URL, in the program's name and in its file's name.
 */
export function compileExclusions(excluded: readonly Exclusion[]): (sight: Sight) => string | null {
  const compiled = [...excluded, ...ALWAYS].map(({ pattern, reason }) => ({
    matches: createPattern(pattern),
    reason,
  }));
  return (sight) => {
    const { appName, appPath } = sight.window;
    const host = sight.url === null ? null : hostOf(sight.url);
    const names = [appName, appPath ?? ''].map((name) => programName(name.slice(-512)));
    const texts = [host, ...names];
    const found = compiled.find(({ matches }) => texts.some((text) => text !== null && matches(text)));
    if (found !== undefined) return found.reason;
    const signsIn = sight.browser !== null && sight.url === null && SIGN_IN_TITLES.has(pageTitle(sight));
    return signsIn ? 'sign_in' : null;
  };
}
