import { z } from 'zod';
import data from '../data/searchEngines.json' with { type: 'json' };

/** How one search engine or site puts search words into its URLs. */
export interface SearchEngine {
  readonly hosts: readonly string[];
  /** Query parameters that may hold the words, the likeliest first. */
  readonly parameters: readonly string[];
  /** Only URLs whose path begins so; empty for all. */
  readonly path: string;
  /** The words are the path segment after `path`. */
  readonly inPath: boolean;
}

const fileSchema = z.object({
  endings: z.string(),
  engines: z.array(
    z.object({
      hosts: z.array(z.string()).min(1),
      parameters: z.array(z.string()).default([]),
      path: z.string().startsWith('/').default(''),
      in: z.literal('path').optional(),
    }),
  ),
});

/** The search engines of `data/searchEngines.json`, with `google.*` written out. */
export function readSearchEngines(): SearchEngine[] {
  const file = fileSchema.parse(data);
  const endings = file.endings.split(' ');
  return file.engines.map((engine) => ({
    hosts: engine.hosts.flatMap((host) =>
      host.endsWith('.*') ? endings.map((ending) => host.slice(0, -1) + ending) : [host],
    ),
    parameters: engine.parameters,
    path: engine.path,
    inPath: engine.in === 'path',
  }));
}
