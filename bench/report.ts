import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const DOCS = new URL('../docs/', import.meta.url);
const TITLE =
  '# Benchmarks\n\nEvery figure here was written by the command above it. Run it to get your own.\n';

/** Replaces one section of `docs/benchmarks.md`, or adds it; other benchmarks' sections stay as they are. */
export function writeSection(name: string, markdown: string): void {
  const path = fileURLToPath(new URL('benchmarks.md', DOCS));
  let text = TITLE;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // The first benchmark makes the page.
  }
  const start = `<!-- ${name}: made by the command -->`;
  const end = `<!-- end of ${name} -->`;
  const section = `${start}\n${markdown.trim()}\n${end}`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  const next =
    from >= 0 && to > from
      ? text.slice(0, from) + section + text.slice(to + end.length)
      : `${text.trimEnd()}\n\n${section}\n`;
  writeFileSync(path, next);
}

/** Writes a picture beside the page. */
export function writePicture(name: string, svg: string): void {
  writeFileSync(fileURLToPath(new URL(name, DOCS)), svg);
}

/** The machine the figures are from, for the page. */
export function machine(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} cores, Node ${process.versions.node}`;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly label: string;
  readonly isOurs: boolean;
}

/** Horizontal bars on a logarithmic scale, in colours that read on light and dark pages. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const low = Math.floor(Math.log10(Math.min(...bars.map((bar) => bar.value))));
  const high = Math.ceil(Math.log10(Math.max(...bars.map((bar) => bar.value))));
  const width = 460;
  const height = 44 + bars.length * 26;
  const rows = bars.map((bar, index) => {
    const y = 40 + index * 26;
    const length = Math.max(((Math.log10(bar.value) - low) / Math.max(high - low, 1)) * width, 2).toFixed(1);
    return `<text x="188" y="${y + 13}" text-anchor="end">${bar.name}</text><rect x="196" y="${y}" width="${length}" height="18" rx="3" fill="${bar.isOurs ? '#0b7a75' : '#9aa5b1'}"/><text x="${202 + Number(length)}" y="${y + 13}">${bar.label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#5c6773" role="img" aria-label="${title}">
<text x="0" y="18" font-size="15">${title} (logarithmic)</text>
${rows.join('\n')}
</svg>
`;
}
