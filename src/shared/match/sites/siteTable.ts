/**
 * Millions of sites in a few bytes each. A site is known only by a hash of 64 bits: its highest bits choose a
 * bucket, 16 of the upper and all of the lower half are kept, so that a wrong hit is less likely than 1 in 10^12
 * for a million sites.
 *
 * A host is hashed from its last letter to its first, so one pass over a URL's host gives the hash of every parent
 * domain; a path goes on from there, letter by letter. Lower case throughout, escapes read.
 */
import { HASH_PRIME } from '../text/hash.ts';
import { pathLetter } from './pathLetter.ts';

export const SEED_A = 0x811c9dc5 | 0;
export const SEED_B = 0x2f0b4a27;
const PRIME_B = 0x5bd1e995;

/** The upper half of a hash one character longer. */
export function siteHashA(half: number, code: number): number {
  return Math.imul(half ^ code, HASH_PRIME);
}

/** The lower half, by another function, so that both together are 64 bits. */
export function siteHashB(half: number, code: number): number {
  return Math.imul((half << 5) ^ (half >>> 27) ^ code, PRIME_B);
}

/** Mixes one half so that each of its bits depends on all letters (the finisher of MurmurHash3). */
export function mixSiteHash(half: number): number {
  let mixed = half ^ (half >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

export interface SiteTableSections {
  readonly siteBuckets: Int32Array<ArrayBuffer>;
  readonly siteLow: Int32Array<ArrayBuffer>;
  readonly siteHigh: Uint16Array<ArrayBuffer>;
  readonly siteOwner: Uint16Array<ArrayBuffer>;
}

export interface SiteTableBuilder {
  /** Adds a host (ASCII, lower case) and path (empty, or beginning with `/`); `hasPaths` marks hosts of the latter. */
  add(host: string, path: string, owner: number, hasPathsOwner: number): void;
  finish(): SiteTableSections;
}

export function createSiteTableBuilder(): SiteTableBuilder {
  let high = new Int32Array(1_024);
  let low = new Int32Array(1_024);
  let owners = new Uint16Array(1_024);
  let count = 0;
  let a = 0;
  let b = 0;

  function hash(code: number): void {
    a = siteHashA(a, code);
    b = siteHashB(b, code);
  }

  function push(owner: number): void {
    if (count === high.length) {
      high = enlarged(new Int32Array(count * 2), high);
      low = enlarged(new Int32Array(count * 2), low);
      owners = enlarged(new Uint16Array(count * 2), owners);
    }
    high[count] = mixSiteHash(a);
    low[count] = mixSiteHash(b);
    owners[count] = owner;
    count += 1;
  }

  return {
    add(host, path, owner, hasPathsOwner) {
      a = SEED_A;
      b = SEED_B;
      for (let at = host.length - 1; at >= 0; at -= 1) hash(host.charCodeAt(at));
      if (path === '') {
        push(owner);
        return;
      }
      push(hasPathsOwner);
      for (let at = 0; at < path.length; ) {
        const letter = pathLetter(path, at, path.length);
        hash(letter >>> 8);
        at += letter & 255;
      }
      push(owner);
    },
    finish: () => sortIntoBuckets(high.subarray(0, count), low.subarray(0, count), owners.subarray(0, count)),
  };
}

function sortIntoBuckets(high: Int32Array, low: Int32Array, owners: Uint16Array): SiteTableSections {
  const shift = bucketShift(high.length);
  const buckets = new Int32Array((1 << (32 - shift)) + 1);
  for (const value of high) buckets[(value >>> shift) + 1] = (buckets[(value >>> shift) + 1] ?? 0) + 1;
  for (let at = 1; at < buckets.length; at += 1) buckets[at] = (buckets[at] ?? 0) + (buckets[at - 1] ?? 0);
  const order = new Int32Array(high.length);
  const next = buckets.slice();
  for (let at = 0; at < high.length; at += 1) {
    const bucket = (high[at] as number) >>> shift;
    order[next[bucket] as number] = at;
    next[bucket] = (next[bucket] as number) + 1;
  }
  // Inside a bucket the order is by value, so that the form does not depend on the order of the lists.
  const compare = (a: number, b: number): number =>
    (low[a] as number) - (low[b] as number) ||
    (high[a] as number) - (high[b] as number) ||
    (owners[a] as number) - (owners[b] as number);
  const siteLow = new Int32Array(high.length);
  const siteHigh = new Uint16Array(high.length);
  const siteOwner = new Uint16Array(high.length);
  let kept = 0;
  for (let bucket = 0; bucket + 1 < buckets.length; bucket += 1) {
    const from = buckets[bucket] as number;
    const entries = order.subarray(from, buckets[bucket + 1]);
    if (entries.length > 1) entries.sort(compare);
    buckets[bucket] = kept;
    for (const [index, entry] of entries.entries()) {
      const before = index > 0 ? entries[index - 1] : undefined;
      if (before !== undefined && compare(before, entry) === 0) continue;
      siteLow[kept] = low[entry] as number;
      siteHigh[kept] = (high[entry] as number) & 0xffff;
      siteOwner[kept] = owners[entry] as number;
      kept += 1;
    }
  }
  buckets[buckets.length - 1] = kept;
  return {
    siteBuckets: buckets,
    siteLow: siteLow.slice(0, kept),
    siteHigh: siteHigh.slice(0, kept),
    siteOwner: siteOwner.slice(0, kept),
  };
}

/** How far to shift the upper half to get a bucket: about four sites in each. */
function bucketShift(sites: number): number {
  let bits = 1;
  while (bits < 22 && 4 << bits < sites) bits += 1;
  return 32 - bits;
}

/** The shift a finished table was made with. */
export function shiftOf(buckets: Int32Array): number {
  return Math.clz32(buckets.length - 1) + 1;
}

function enlarged<Numbers extends Int32Array | Uint16Array>(to: Numbers, from: Numbers): Numbers {
  to.set(from);
  return to;
}
