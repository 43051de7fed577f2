import { parseSite } from '#match';

/** What one line of a foreign list came to. */
export type LineOutcome =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'sites'; readonly sites: readonly string[]; readonly dropped: readonly string[] }
  | { readonly kind: 'dropped'; readonly reason: string };

/** Reads one line of a list of sites. */
export type SiteLineReader = (line: string) => LineOutcome;

const NOTHING: LineOutcome = { kind: 'nothing' };
/** Names every hosts file has for the machine itself. */
const LOCAL_NAMES =
  /^(localhost|localhost\.localdomain|local|broadcasthost|ip6-\S+|0\.0\.0\.0|255\.255\.255\.255|::1)$/i;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*::?[0-9a-f:.]*(%\w+)?)$/i;
/** Addresses that lead nowhere, or to the machine itself: a name with one of them is blocked. `0` is short for 0.0.0.0. */
const BLOCKING =
  /^(::ffff:)?(0|0\.0\.0\.0|127(\.\d{1,3}){3}|255\.255\.255\.255)$|^::[01]?$|^(0{1,4}:){7}0{0,3}[01]$/i;
const PORT = /^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*:\d+(?![^/?#])/i;
/** Adblock options under which a filter still means: the site itself. */
const SITE_OPTIONS = new Set(['document', 'doc', 'all', 'important', 'popup']);

function sites(texts: readonly string[]): LineOutcome {
  const good: string[] = [];
  const dropped: string[] = [];
  for (const text of texts) {
    const site = parseSite(text);
    if (PORT.test(text)) dropped.push('only about one port, and a list has whole sites');
    else if (site.ok) good.push(site.value.host + site.value.path);
    else dropped.push(site.error);
  }
  return good.length + dropped.length === 0 ? NOTHING : { kind: 'sites', sites: good, dropped };
}

/** One domain (or URL) a line; `#` begins a comment. */
export const readDomainLine: SiteLineReader = (line) => {
  const text = line
    .replace(/(^|\s)#.*$/, '')
    .trim()
    .replace(/^\./, '');
  if (text === '') return NOTHING;
  if (/\s/.test(text)) return { kind: 'dropped', reason: 'more than one word in the line' };
  return sites([text]);
};

/**
 * `0.0.0.0 example.com example.net # comment`. The machine's own names are left out silently. A line that leads to
 * another computer does not block: it names a school's own server, or turns a search engine's safe search on.
 */
export const readHostsLine: SiteLineReader = (line) => {
  const words = line.replace(/#.*$/, '').trim().split(/\s+/);
  const [address, ...names] = words;
  if (address === undefined || address === '') return NOTHING;
  const isBlocking = BLOCKING.test(address);
  if (!isBlocking && !ADDRESS.test(address))
    return { kind: 'dropped', reason: `\`${address}\` is no address` };
  if (names.length === 0) return { kind: 'dropped', reason: 'no host name behind the address' };
  const others = names.filter((name) => !LOCAL_NAMES.test(name));
  if (others.length > 0 && !isBlocking)
    return { kind: 'dropped', reason: `it leads to \`${address}\` and blocks nothing` };
  return sites(others);
};

/** `||example.com^` and `||example.com/path`; everything that is not about a whole site is dropped with a reason. */
export const readAdblockLine: SiteLineReader = (line) => {
  const text = line.trim();
  if (text === '' || text.startsWith('!') || /^\[.*\]$/.test(text)) return NOTHING;
  if (text.startsWith('@@'))
    return { kind: 'dropped', reason: 'an exception: put the site under allow_sites by hand' };
  if (/#[@?$%]?#/.test(text))
    return { kind: 'dropped', reason: 'hides parts of pages, which says nothing about a site' };
  if (/^\/.*\/(\$|$)/.test(text)) return { kind: 'dropped', reason: 'a regular expression' };
  const [, pattern = '', options = ''] = /^(.*?)(?:\$([^$/]*))?$/.exec(text) ?? [];
  const unusable = options.split(',').filter((option) => option !== '' && !SITE_OPTIONS.has(option));
  if (unusable.length > 0)
    return { kind: 'dropped', reason: `only in part about the site itself ($${unusable.join(',')})` };
  const site = /^(?:\|\||\|?https?:\/\/)([^*^|]+)(?:\^|\|)?$/i.exec(pattern);
  if (site?.[1] === undefined) return { kind: 'dropped', reason: 'not of the form ||domain^' };
  return sites([site[1]]);
};
