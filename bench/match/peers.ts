/**
 * The other engines, each given the same phrases or domains and asked for the same thing: the spans of phrases on
 * word boundaries, or whether a URL's host is listed. Each is set up as its documentation says is fastest.
 */
import { FiltersEngine, Request } from '@ghostery/adblocker';
import { AhoCorasick } from '@monyone/aho-corasick/fast';
import { AllProfanity } from 'allprofanity';
import { englishRecommendedTransformers, parseRawPattern, RegExpMatcher } from 'obscenity';
import { RE2JS } from 're2js';

/** Counts what one engine finds in a text. */
export type Find = (text: string) => number;

export interface Peer {
  readonly name: string;
  readonly what: 'phrases' | 'domains';
  build(terms: readonly string[]): Find;
}

const isWordCode = (code: number): boolean =>
  (code >= 97 && code < 123) || (code >= 48 && code < 58) || (code >= 65 && code < 91) || code === 95;

/** The alternation that a person would write: longest first, so that the longest phrase wins. */
function alternation(phrases: readonly string[]): string {
  const escaped = [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => phrase.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return `\\b(?:${escaped.join('|')})\\b`;
}

export const PEERS: readonly Peer[] = [
  {
    name: 'obscenity',
    what: 'phrases',
    build(phrases) {
      const matcher = new RegExpMatcher({
        blacklistedTerms: phrases.map((phrase, id) => ({ id, pattern: parseRawPattern(`|${phrase}|`) })),
        ...englishRecommendedTransformers,
      });
      return (text) => matcher.getAllMatches(text, true).length;
    },
  },
  {
    name: '@monyone/aho-corasick',
    what: 'phrases',
    build(phrases) {
      const automaton = new AhoCorasick([...phrases]);
      return (text) => {
        const lower = text.toLowerCase();
        let found = 0;
        for (const { begin, end } of automaton.matchInText(lower)) {
          if (!isWordCode(lower.charCodeAt(begin - 1)) && !isWordCode(lower.charCodeAt(end))) found += 1;
        }
        return found;
      };
    },
  },
  {
    name: 'one regular expression',
    what: 'phrases',
    build(phrases) {
      const expression = new RegExp(alternation(phrases), 'gi');
      return (text) => {
        let found = 0;
        for (const match of text.matchAll(expression)) found += match.index >= 0 ? 1 : 0;
        return found;
      };
    },
  },
  {
    name: 're2js',
    what: 'phrases',
    build(phrases) {
      const expression = RE2JS.compile(alternation(phrases), RE2JS.CASE_INSENSITIVE);
      return (text) => {
        const matcher = expression.matcher(text);
        let found = 0;
        while (matcher.find()) found += matcher.end() > matcher.start() ? 1 : 0;
        return found;
      };
    },
  },
  {
    name: 'allprofanity',
    what: 'phrases',
    build(phrases) {
      const filter = new AllProfanity({
        silent: true,
        languages: [],
        customDictionaries: { bench: [...phrases] },
        strictMode: true,
        performance: { enableCaching: false },
      });
      filter.clearList();
      filter.add([...phrases]);
      return (text) => filter.detect(text).positions.length;
    },
  },
  {
    name: '@ghostery/adblocker',
    what: 'domains',
    build(domains) {
      const engine = FiltersEngine.parse(domains.map((domain) => `||${domain}^`).join('\n'));
      return (url) =>
        engine.match(Request.fromRawDetails({ url, type: 'script', sourceUrl: 'https://school.example/' }))
          .match
          ? 1
          : 0;
    },
  },
  {
    name: 'Set of strings',
    what: 'domains',
    build(domains) {
      const set = new Set(domains);
      return (url) => {
        let host = new URL(url).hostname;
        for (;;) {
          if (set.has(host)) return 1;
          const dot = host.indexOf('.');
          if (dot < 0) return 0;
          host = host.slice(dot + 1);
        }
      };
    },
  },
];
