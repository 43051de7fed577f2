import { err, ok, type Result } from '#kernel';
import { createFold } from '../text/fold.ts';
import { type Report, readDocument } from './document.ts';
import type { PackError } from './pack.ts';
import { wordsFileSchema } from './packSchema.ts';
import type { NamedLists } from './phrase.ts';
import { createPhraseReader, type PhraseReader } from './words.ts';

/** The lists of a `words.yaml`, for all packs of its language in its folder. */
export interface SharedWords {
  readonly file: string;
  readonly language: string;
  /** Multiplied out. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** The lists that no pack and no other list has named so far, and where each stands. */
  readonly unused: Map<string, PackError>;
}

/** The lists a pack may name: its own and the shared ones. */
export interface WordLists extends NamedLists {
  /** Adds the lists in `source` one after another, so that each may name those above it. */
  define(source: Readonly<Record<string, readonly string[]>>, reader: PhraseReader, report: Report): void;
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** The own lists that nothing has named. */
  unused(): readonly string[];
}

export function createWordLists(shared: SharedWords | null): WordLists {
  const own = new Map<string, readonly string[]>();
  const used = new Set<string>();
  let waiting: ReadonlySet<string> = new Set();
  return {
    own,
    list(name) {
      used.add(name);
      const mine = own.get(name);
      if (mine !== undefined) return ok(mine);
      if (waiting.has(name))
        return err(
          `\`{${name}}\` stands further down: a list may name only lists above it, and never itself`,
        );
      const theirs = shared?.lists.get(name);
      if (theirs === undefined) return err(`there is no list \`{${name}}\`: write it under \`words\``);
      shared?.unused.delete(name);
      return ok(theirs);
    },
    define(source, reader, report) {
      const names = Object.keys(source);
      for (const [index, name] of names.entries()) {
        waiting = new Set(names.slice(index));
        const strings = new Set<string>();
        for (const [at, text] of (source[name] ?? []).entries()) {
          const entry = reader.entry(text);
          if (entry.ok) for (const string of entry.value) strings.add(string);
          else report(['words', name, at], entry.error.message, entry.error.at);
        }
        if (shared?.lists.has(name))
          report(['words', name], `\`${shared.file}\` has a list \`{${name}}\` too`);
        own.set(name, [...strings]);
      }
      waiting = new Set();
    },
    unused: () => [...own.keys()].filter((name) => !used.has(name)),
  };
}

/** Reads a `words.yaml` (grammar: `docs/rules.md`). Gives all mistakes found. */
export function parseWords(yaml: string, file: string): Result<SharedWords, readonly PackError[]> {
  const document = readDocument(yaml, file, wordsFileSchema);
  if (!document.ok) return document;
  const { content, report, errorAt, errors } = document.value;
  const lists = createWordLists(null);
  lists.define(content.words, createPhraseReader(createFold(), lists), report);
  if (errors.length > 0) return err(errors);
  const unused = new Map(
    lists.unused().map((name) => [name, errorAt(['words', name], `no pack uses the list \`{${name}}\``)]),
  );
  return ok({ file, language: content.language, lists: lists.own, unused });
}
