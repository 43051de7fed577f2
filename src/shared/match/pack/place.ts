import { isMap, isNode, isScalar, Scalar } from 'yaml';

export type Path = readonly (string | number)[];

/** The node at a path, or the deepest one on the way that exists, and whether it is the one asked for. */
function nodeAt(contents: unknown, path: Path): { node: unknown; start: number; isWhole: boolean } {
  let start = 0;
  let node: unknown = contents;
  let found: unknown = null;
  for (let depth = 0; ; depth += 1) {
    if (!isNode(node)) return { node: found, start, isWhole: false };
    found = node;
    start = node.range?.[0] ?? start;
    const step = path[depth];
    if (step === undefined) return { node, start, isWhole: true };
    if (!('get' in node) || typeof node.get !== 'function') return { node, start, isWhole: false };
    node = (node.get as (key: unknown, keepScalar: boolean) => unknown).call(node, step, true);
  }
}

/** Where the value at a path begins, or the deepest one on the way that exists: an offset into the YAML text. */
export function startOf(contents: unknown, path: Path): number {
  return nodeAt(contents, path).start;
}

/** Where a key of the table at a path begins, or the table if it has no such key. */
export function startOfKey(contents: unknown, path: Path, key: string): number {
  const { node, start } = nodeAt(contents, path);
  const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : null;
  return (isNode(pair?.key) ? pair.key.range?.[0] : null) ?? start;
}

/** The escapes of double quotes that stand for some kind of space. */
const SPACE_ESCAPES = 'tnrvf_LP';

/**
 * Where character `at` of the text at a path stands. Quotes, escapes and the line breaks and indentation of block texts
 * (`>-`, `|`) are in the YAML and not in its value, so the letters that are in both are counted.
 */
export function placeInText(yaml: string, contents: unknown, path: Path, at: number): number {
  const { node, start, isWhole } = nodeAt(contents, path);
  if (!isWhole || !isScalar(node) || typeof node.value !== 'string') return start;
  const isBlock = node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL;
  if (at === 0 && !isBlock) return start;
  const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
  let left = node.value.slice(0, at).replace(/\s/g, '').length;
  let offset = isBlock ? yaml.indexOf('\n', start) + 1 : start + (isQuoted ? 1 : 0);
  const end = node.range?.[1] ?? yaml.length;
  while (offset < end) {
    const { written, text } = signAt(yaml, offset, node.type);
    const letters = text.replace(/\s/g, '').length;
    if (letters > 0 && left <= 0) return offset;
    left -= letters;
    offset += written;
  }
  return end;
}

/** How long one character is as written, and what it stands for. */
function signAt(
  yaml: string,
  offset: number,
  type: string | null | undefined,
): { written: number; text: string } {
  const sign = yaml[offset] ?? '';
  const next = yaml[offset + 1] ?? '';
  if (type === Scalar.QUOTE_SINGLE && sign === "'" && next === "'") return { written: 2, text: "'" };
  if (type !== Scalar.QUOTE_DOUBLE || sign !== '\\') return { written: 1, text: sign };
  const digits = { x: 2, u: 4, U: 8 }[next];
  if (digits === undefined) return { written: 2, text: SPACE_ESCAPES.includes(next) ? ' ' : next };
  const code = Number.parseInt(yaml.slice(offset + 2, offset + 2 + digits), 16);
  return { written: 2 + digits, text: String.fromCodePoint(Number.isNaN(code) ? 0 : code) };
}
