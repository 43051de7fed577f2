import type { Compiled } from '../compile/container.ts';
import { OWNER, OWNER_KIND } from '../compile/layout.ts';
import { pathLetter } from './pathLetter.ts';
import { hostToAscii } from './punycode.ts';
import { mixSiteHash, SEED_A, SEED_B, shiftOf, siteHashA, siteHashB } from './siteTable.ts';
import type { UrlParts } from './url.ts';

/** A site of the rules that the URL is on. */
export interface SiteFound {
  /** Row of the owners' table. */
  readonly owner: number;
  readonly start: number;
  readonly end: number;
}

export interface SiteFinder {
  /** Adds every site, list, help site and search engine that the URL is on. */
  find(url: string, parts: UrlParts, found: SiteFound[]): void;
}

/** Most beginnings of one path that are looked up; longer paths have no rules of their own. */
const MAX_PATH_STEPS = 64;

/** Makes a finder over the compiled sites. */
export function createSiteFinder(compiled: Compiled): SiteFinder {
  const { siteBuckets, siteLow, siteHigh, siteOwner, owners } = compiled;
  const shift = shiftOf(siteBuckets);

  /** Looks a hash up; adds its owners and says whether there are rules for paths of this host. */
  function look(a: number, b: number, start: number, end: number, found: SiteFound[]): boolean {
    const high = mixSiteHash(a);
    const bucket = high >>> shift;
    const last = siteBuckets[bucket + 1] as number;
    let at = siteBuckets[bucket] as number;
    if (at === last) return false;
    const low = mixSiteHash(b);
    let hasPaths = false;
    for (; at < last; at += 1) {
      if (siteLow[at] !== low || siteHigh[at] !== (high & 0xffff)) continue;
      const owner = siteOwner[at] as number;
      if (owners[owner * OWNER.columns + OWNER.kind] === OWNER_KIND.hasPaths) hasPaths = true;
      else found.push({ owner, start, end });
    }
    return hasPaths;
  }

  function lookPaths(
    url: string,
    hostA: number,
    hostB: number,
    start: number,
    parts: UrlParts,
    found: SiteFound[],
  ): void {
    let a = hostA;
    let b = hostB;
    let steps = 0;
    for (let at = parts.pathStart; at < parts.end && steps < MAX_PATH_STEPS; ) {
      const letter = pathLetter(url, at, parts.end);
      a = siteHashA(a, letter >>> 8);
      b = siteHashB(b, letter >>> 8);
      at += letter & 255;
      if (!isPathEnd(url, at, parts.end)) continue;
      look(a, b, start, at, found);
      steps += 1;
    }
  }

  /** `exact`: `host` is the URL itself, so that a parent domain's span can be told. */
  function lookHost(
    url: string,
    host: string,
    from: number,
    to: number,
    parts: UrlParts,
    exact: boolean,
    found: SiteFound[],
  ): void {
    const end = exact ? to : parts.hostEnd;
    let a = SEED_A;
    let b = SEED_B;
    let labels = 0;
    for (let at = to - 1; at >= from; at -= 1) {
      const code = lowerCode(host.charCodeAt(at));
      if (code === DOT) {
        labels += 1;
        if (labels > 1) lookDomain(url, a, b, exact ? at + 1 : parts.hostStart, end, parts, found);
      }
      a = siteHashA(a, code);
      b = siteHashB(b, code);
    }
    if (labels > 0) lookDomain(url, a, b, parts.hostStart, end, parts, found);
  }

  function lookDomain(
    url: string,
    a: number,
    b: number,
    start: number,
    end: number,
    parts: UrlParts,
    found: SiteFound[],
  ): void {
    if (look(a, b, start, end, found)) lookPaths(url, a, b, start, parts, found);
  }

  return {
    find(url, parts, found) {
      let end = parts.hostEnd;
      if (url.charCodeAt(end - 1) === 46) end -= 1;
      for (let at = parts.hostStart; at < end; at += 1) {
        if (url.charCodeAt(at) < 128) continue;
        // A host in its own letters: look up the form that lists use. Spans then cover the whole host.
        const ascii = hostToAscii(url.slice(parts.hostStart, end));
        lookHost(url, ascii, 0, ascii.length, parts, false, found);
        return;
      }
      lookHost(url, url, parts.hostStart, end, parts, true, found);
    },
  };
}

const DOT = 46;

function lowerCode(code: number): number {
  return code >= 65 && code < 91 ? code + 32 : code;
}

function isPathEnd(url: string, at: number, end: number): boolean {
  if (at >= end) return true;
  const code = url.charCodeAt(at);
  return code === 47 || code === 63 || code === 35 || code === 38;
}
