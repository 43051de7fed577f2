import type { Compiled } from '../compile/container.ts';
import {
  MAX_NEAR_PARTS,
  NEAR,
  NO_LIMIT,
  ownerIndex,
  ownerKind,
  ownerOf,
  PATTERN_KIND,
} from '../compile/layout.ts';
import type { Found } from './finder.ts';

/**
 * How many findings of each place are remembered. More than one, because a word that stands in two places of a rule
 * must not hide the one before it; few, because every choice of them is tried.
 */
const REMEMBERED = 3;

/**
 * The findings of rules among `found`, all phrases and near parts of one observation in any order: parts that stand
 * close enough together are joined into findings of their rule.
 */
export function joinNear(compiled: Compiled, found: readonly Found[]): Found[] {
  const whole = found.filter(({ owner }) => ownerKind(owner) === PATTERN_KIND.rule);
  if (found.length - whole.length < 2) return whole;
  const groups = new Map<number, Found[]>();
  for (const part of found) {
    if (ownerKind(part.owner) !== PATTERN_KIND.nearPart) continue;
    const near = Math.floor(ownerIndex(part.owner) / MAX_NEAR_PARTS);
    const key = near * 3 + part.field;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [part]);
    else group.push(part);
  }
  for (const [key, group] of groups) joinGroup(compiled, Math.floor(key / 3), group, whole);
  return whole;
}

function joinGroup(compiled: Compiled, near: number, group: Found[], joined: Found[]): void {
  const row = near * NEAR.columns;
  const count = compiled.nears[row + NEAR.parts] as number;
  const within = compiled.nears[row + NEAR.within] as number;
  const owner = ownerOf(PATTERN_KIND.rule, compiled.nears[row + NEAR.rule] as number);
  group.sort((a, b) => a.from - b.from || a.to - b.to || a.owner - b.owner);
  const recent: Found[][] = Array.from({ length: count }, () => []);
  for (const part of group) {
    const place = ownerIndex(part.owner) % MAX_NEAR_PARTS;
    const isWhole = recent.every((found, other) => other === place || found.length > 0);
    const chosen = isWhole ? choose(recent, place, [part], within) : null;
    if (chosen !== null) joined.push(cover(chosen, owner));
    const found = recent[place] as Found[];
    found.push(part);
    if (found.length > REMEMBERED) found.shift();
  }
}

/** Adds to `chosen` a finding of every place but `own`, later ones first; null where no choice fits. */
function choose(
  recent: readonly (readonly Found[])[],
  own: number,
  chosen: readonly Found[],
  within: number,
  place = 0,
): readonly Found[] | null {
  if (place === recent.length) return fits(chosen, within) ? chosen : null;
  if (place === own) return choose(recent, own, chosen, within, place + 1);
  const found = recent[place] as readonly Found[];
  for (let at = found.length - 1; at >= 0; at -= 1) {
    const whole = choose(recent, own, [...chosen, found[at] as Found], within, place + 1);
    if (whole !== null) return whole;
  }
  return null;
}

/** Whether parts lie apart from each other with at most `within` other words between the first and the last. */
function fits(parts: readonly Found[], within: number): boolean {
  const ordered = [...parts].sort((a, b) => a.from - b.from);
  let between = 0;
  for (let at = 1; at < ordered.length; at += 1) {
    const gap = (ordered[at] as Found).from - (ordered[at - 1] as Found).to;
    if (gap < 0) return false;
    between += gap;
  }
  return within === NO_LIMIT || between <= within;
}

function cover(parts: readonly Found[], owner: number): Found {
  const first = parts[0] as Found;
  return {
    owner,
    field: first.field,
    from: Math.min(...parts.map((part) => part.from)),
    to: Math.max(...parts.map((part) => part.to)),
    start: Math.min(...parts.map((part) => part.start)),
    end: Math.max(...parts.map((part) => part.end)),
  };
}
