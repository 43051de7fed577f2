import type { Compiled } from '../compile/container.ts';
import { OWNER, OWNER_KIND } from '../compile/layout.ts';
import { hostToAscii } from './punycode.ts';
import { addToSiteHash, mixSiteHash, type SiteHash, shiftOf, startSiteHash } from './siteTable.ts';
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
  const hash: SiteHash = { a: 0, b: 0 };

  /** Looks the hash up; adds its owners and says whether there are rules for paths of this host. */
  function look(start: number, end: number, found: SiteFound[]): boolean {
    const high = mixSiteHash(hash.a);
    const low = mixSiteHash(hash.b);
    const bucket = high >>> shift;
    let hasPaths = false;
    for (let at = siteBuckets[bucket] as number; at < (siteBuckets[bucket + 1] as number); at += 1) {
      if (siteLow[at] !== low || siteHigh[at] !== (high & 0xffff)) continue;
      const owner = siteOwner[at] as number;
      if (owners[owner * OWNER.columns + OWNER.kind] === OWNER_KIND.hasPaths) hasPaths = true;
      else found.push({ owner, start, end });
    }
    return hasPaths;
  }

  function lookPaths(url: string, hostStart: number, parts: UrlParts, found: SiteFound[]): void {
    let steps = 0;
    for (let at = parts.pathStart; at < parts.end && steps < MAX_PATH_STEPS; at += 1) {
      const code = url.charCodeAt(at);
      addToSiteHash(hash, code >= 65 && code < 91 ? code + 32 : code);
      if (!isPathEnd(url, at + 1, parts.end)) continue;
      look(hostStart, at + 1, found);
      steps += 1;
    }
  }

  function lookHost(url: string, host: string, from: number, to: number, parts: UrlParts, exact: boolean, found: SiteFound[]): void {
    startSiteHash(hash);
    let labels = 0;
    for (let at = to - 1; at >= from; at -= 1) {
      const code = host.charCodeAt(at);
      addToSiteHash(hash, code >= 65 && code < 91 ? code + 32 : code);
      if (at > from && host.charCodeAt(at - 1) !== 46) continue;
      labels += 1;
      if (labels < 2) continue;
      const start = exact ? at : parts.hostStart;
      if (!look(start, parts.hostEnd, found)) continue;
      const { a, b } = hash;
      lookPaths(url, start, parts, found);
      hash.a = a;
      hash.b = b;
    }
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

function isPathEnd(url: string, at: number, end: number): boolean {
  if (at >= end) return true;
  const code = url.charCodeAt(at);
  return code === 47 || code === 63 || code === 35 || code === 38;
}
