import type { Audience, Category, Field, Severity } from '#contract';

/** One folded word of a phrase, as `text/scan.ts` finds it in a text. */
export interface Word {
  readonly text: string;
  /** The text word only has to begin so. */
  readonly stem: boolean;
}

/** The ways one place of a phrase may read; an empty way means that the place may be left out. */
export type Slot = readonly (readonly Word[])[];

export interface Phrase {
  /** As the author wrote it. */
  readonly source: string;
  readonly slots: readonly Slot[];
}

export interface Near {
  readonly parts: readonly Phrase[];
  /** Most other words between the first and the last part; null: anywhere in the text. */
  readonly within: number | null;
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly phrases: readonly Phrase[];
  readonly near: Near | null;
  readonly where: readonly Field[];
  /** null: for everybody. */
  readonly audiences: readonly Audience[] | null;
  readonly unless: readonly Phrase[];
  readonly contextUnless: readonly Phrase[];
  /** null: counts by itself. */
  readonly weight: number | null;
  readonly insideWords: boolean;
}

/** A domain with its subdomains, or a path below it. `host` is in ASCII (punycode), `path` begins with `/` or is empty. */
export interface Site {
  readonly host: string;
  readonly path: string;
}

export interface SiteRule {
  readonly id: string;
  readonly severity: Severity;
  readonly sites: readonly Site[];
  readonly audiences: readonly Audience[] | null;
}

/** A rule pack, parsed and checked. Every phrase can match something and does not match everything. */
export interface Pack {
  readonly id: string;
  readonly category: Category;
  readonly language: string;
  readonly version: number;
  readonly description: string;
  readonly sources: readonly string[];
  readonly threshold: number | null;
  readonly unless: readonly Phrase[];
  readonly contextUnless: readonly Phrase[];
  readonly rules: readonly Rule[];
  readonly sites: readonly SiteRule[];
  readonly allowSites: readonly Site[];
}

/** What is wrong with a file of rules, and where (1-based). */
export interface PackError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
