import type { Compiled } from '../compile/container.ts';
import { ENGINE, OWNER, OWNER_KIND } from '../compile/layout.ts';
import { readString } from '../compile/strings.ts';
import type { SiteFound } from '../sites/siteFinder.ts';
import type { UrlParts } from '../sites/url.ts';
import { decodeQuery } from '../text/percent.ts';

/** Takes the search words out of URLs of known search engines and sites. */
export interface SearchExtractor {
  /** `sites` are the sites the URL is on. Gives the decoded words, or null if this is no search. */
  extract(url: string, parts: UrlParts, sites: readonly SiteFound[]): Search | null;
}

export interface Search {
  readonly words: string;
  /** Where the part of the URL ends that says something besides the words. */
  readonly urlEnd: number;
}

interface Engine {
  readonly names: readonly string[];
  readonly path: string;
  readonly inPath: boolean;
}

/** Longest query that is read, in code units. */
const MAX_SEARCH_LENGTH = 4_000;

export function createSearchExtractor(compiled: Compiled): SearchExtractor {
  const { engines: table, owners, strings } = compiled;
  const engines: Engine[] = [];
  for (let row = 0; row < table.length; row += ENGINE.columns) {
    const text = (start: number, length: number) =>
      readString(strings, table[row + start] as number, table[row + length] as number);
    engines.push({
      names: text(ENGINE.namesStart, ENGINE.namesLength).split('\n'),
      path: text(ENGINE.pathStart, ENGINE.pathLength),
      inPath: table[row + ENGINE.inPath] === 1,
    });
  }

  return {
    extract(url, parts, sites) {
      for (const { owner } of sites) {
        const row = owner * OWNER.columns;
        if (owners[row + OWNER.kind] !== OWNER_KIND.engine) continue;
        const engine = engines[owners[row + OWNER.index] as number] as Engine;
        if (!url.startsWith(engine.path, parts.pathStart)) continue;
        const words = engine.inPath
          ? fromPath(url, parts, engine.path.length)
          : fromQuery(url, parts, engine.names);
        if (words !== null)
          return { words, urlEnd: engine.inPath ? parts.pathStart + engine.path.length : parts.pathEnd };
      }
      return null;
    },
  };
}

function fromPath(url: string, parts: UrlParts, prefixLength: number): string | null {
  const start = parts.pathStart + prefixLength;
  const slash = url.indexOf('/', start);
  const end = slash < 0 || slash > parts.pathEnd ? parts.pathEnd : slash;
  return words(url, start, end);
}

/**
 * The values of the parameters, wherever they stand in query or fragment, the likeliest first: words may be spread over
 * several (Google's advanced search) or given twice. What is said already is not said again.
 */
function fromQuery(url: string, parts: UrlParts, names: readonly string[]): string | null {
  const found: { readonly rank: number; readonly value: string }[] = [];
  for (let start = parts.pathEnd + 1; start < parts.end; ) {
    let end = start;
    let equals = -1;
    for (; end < parts.end; end += 1) {
      const code = url.charCodeAt(end);
      if (code === 38 || code === 35 || code === 63) break;
      if (code === 61 && equals < 0) equals = end;
    }
    if (equals > start && equals - start < 64) {
      const rank = names.indexOf(decodeQuery(url, start, equals));
      const value = rank < 0 ? null : words(url, equals + 1, end);
      if (value !== null) found.push({ rank, value });
    }
    start = end + 1;
  }
  if (found.length < 2) return found[0]?.value ?? null;
  let all = '';
  for (const { value } of found.sort((one, other) => one.rank - other.rank))
    if (!all.includes(value)) all = all === '' ? value : `${all} ${value}`;
  return all.slice(0, MAX_SEARCH_LENGTH);
}

function words(url: string, start: number, end: number): string | null {
  const text = decodeQuery(url, start, Math.min(end, start + MAX_SEARCH_LENGTH * 3));
  const cut = text.length > MAX_SEARCH_LENGTH ? text.slice(0, MAX_SEARCH_LENGTH) : text;
  return cut.trim() === '' ? null : cut;
}
