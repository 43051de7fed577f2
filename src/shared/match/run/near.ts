import type { Compiled } from '../compile/container.ts';
import { MAX_NEAR_PARTS, NEAR, NO_LIMIT, ownerIndex, ownerOf, PATTERN_KIND } from '../compile/layout.ts';
import type { Found } from './finder.ts';

/**
 * Joins the parts of `near` rules that stand close enough together into findings of the rule. `parts` are all
 * findings of near parts in one observation, in any order.
 */
export function joinNear(compiled: Compiled, parts: readonly Found[]): Found[] {
  const groups = new Map<number, Found[]>();
  for (const part of parts) {
    const near = Math.floor(ownerIndex(part.owner) / MAX_NEAR_PARTS);
    const key = near * 3 + part.field;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [part]);
    else group.push(part);
  }
  const joined: Found[] = [];
  for (const [key, group] of groups) joinGroup(compiled, Math.floor(key / 3), group, joined);
  return joined;
}

function joinGroup(compiled: Compiled, near: number, group: Found[], joined: Found[]): void {
  const row = near * NEAR.columns;
  const count = compiled.nears[row + NEAR.parts] as number;
  const within = compiled.nears[row + NEAR.within] as number;
  const owner = ownerOf(PATTERN_KIND.rule, compiled.nears[row + NEAR.rule] as number);
  group.sort((a, b) => a.from - b.from || a.to - b.to || a.owner - b.owner);
  const latest: (Found | undefined)[] = Array.from({ length: count });
  for (const part of group) {
    latest[ownerIndex(part.owner) % MAX_NEAR_PARTS] = part;
    const chosen = latest.filter((one) => one !== undefined);
    if (chosen.length === count && fits(chosen, within)) joined.push(cover(chosen, owner));
  }
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
