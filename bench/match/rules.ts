import { createCompiler, parsePack, parseSite } from '#match';

/** Compiles the synthetic phrases and domains the way real packs and lists are compiled: through the parsers. */
export function compileSynthetic(
  phrases: readonly string[],
  domains: readonly string[],
): Uint8Array<ArrayBuffer> {
  const compiler = createCompiler();
  if (phrases.length > 0) {
    const rules = phrases.map(
      (phrase, index) => `  - { id: r${index}, severity: low, phrases: [${JSON.stringify(phrase)}] }`,
    );
    const yaml = `pack: bench.phrases\ncategory: drugs\nlanguage: en\nversion: 1\ndescription: synthetic\nrules:\n${rules.join('\n')}\n`;
    const pack = parsePack(yaml, 'bench');
    if (!pack.ok) throw new Error(pack.error[0]?.message ?? 'the synthetic pack is wrong');
    compiler.addPack(pack.value);
  }
  if (domains.length > 0) {
    const list = compiler.addList({ id: 'bench.domains', category: 'gambling', severity: 'low' });
    for (const domain of domains) {
      const site = parseSite(domain);
      if (!site.ok) throw new Error(site.error);
      list.add(site.value);
    }
  }
  return compiler.finish();
}
