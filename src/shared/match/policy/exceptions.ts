import type { Hit, RuleException } from '#contract';
import type { Site } from '../pack/pack.ts';
import { hostToAscii } from '../sites/punycode.ts';
import { parseSite } from '../sites/site.ts';
import { createTextBuffer, startText } from '../text/buffer.ts';
import type { Fold } from '../text/fold.ts';
import { scanAll } from '../text/scan.ts';
import type { MatchContext } from '../types.ts';

/** Decides whether a hit is excepted by the school or by the person's own name. */
export interface Exceptions {
  /** Why the hit does not count, in words for a person; null if it counts. `address` is the URL's host and path, in lower case. */
  reasonAgainst(hit: Hit, address: string | null, context: MatchContext): string | null;
}

/** Makes the school's exceptions. Locked categories must not be asked about. */
export function createExceptions(rules: readonly RuleException[], fold: Fold): Exceptions {
  const buffer = createTextBuffer(0);
  const folded = new WeakMap<readonly string[], ReadonlySet<string>>();
  const prepared = rules.map((rule) => ({
    rule,
    words: rule.words === undefined ? null : wordsOf(rule.words).join(' '),
    site: rule.site === undefined ? null : siteOf(rule.site),
  }));

  function wordsOf(text: string): string[] {
    startText(buffer, text, 'phrase');
    scanAll(buffer, fold);
    const words: string[] = [];
    for (let token = 0; token < buffer.tokenCount; token += 1) {
      let word = '';
      for (let at = buffer.tokenStart[token] as number; at < (buffer.tokenEnd[token] as number); at += 1) {
        word += String.fromCharCode(buffer.units[at] as number);
      }
      words.push(word);
    }
    return words;
  }

  /** The names stay the same for as long as somebody is signed in, so they are folded once. */
  function foldedNames(names: readonly string[]): ReadonlySet<string> {
    const known = folded.get(names);
    if (known !== undefined) return known;
    const words = new Set(names.flatMap(wordsOf));
    folded.set(names, words);
    return words;
  }

  function isOwnName(hit: Hit, context: MatchContext): boolean {
    if (context.ownNames.length === 0 || hit.field === 'url') return false;
    const own = foldedNames(context.ownNames);
    const words = wordsOf(hit.text);
    return words.length > 0 && words.every((word) => own.has(word));
  }

  return {
    reasonAgainst(hit, address, context) {
      if (isOwnName(hit, context)) return "only the person's own name";
      const words = prepared.length > 0 ? wordsOf(hit.text).join(' ') : '';
      for (const { rule, words: excepted, site } of prepared) {
        if (rule.ruleId !== undefined && rule.ruleId !== hit.ruleId) continue;
        if (rule.packId !== undefined && rule.packId !== hit.packId) continue;
        if (rule.category !== undefined && rule.category !== hit.category) continue;
        if (rule.audience !== undefined && rule.audience !== context.audience) continue;
        if (site !== null && !isOnSite(address, site)) continue;
        if (excepted !== null && excepted !== words) continue;
        return `excepted by the school: ${rule.reason}`;
      }
      return null;
    },
  };
}

/** A site as a person writes or copies it: with `https://`, a port or a path. A name without dots is one of the school's own. */
function siteOf(text: string): Site {
  const site = parseSite(text);
  if (site.ok) return { host: site.value.host, path: site.value.path.toLowerCase() };
  const [, host = '', path = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#:]*)(?::\d+)?(.*)$/i.exec(text.trim()) ?? [];
  return { host: hostToAscii(host), path: path.replace(/\/+$/, '').toLowerCase() };
}

function isOnSite(address: string | null, { host, path }: Site): boolean {
  if (address === null) return false;
  const hostEnd = address.search(/[/?#]|$/);
  const own = address.slice(0, hostEnd);
  const rest = address.slice(hostEnd);
  return (own === host || own.endsWith(`.${host}`)) && rest.startsWith(path) && isPathEnd(rest[path.length]);
}

/** Whether a path may end before this sign: `/forum` is not `/forums`. */
function isPathEnd(sign: string | undefined): boolean {
  return sign === undefined || '/?#&'.includes(sign);
}
