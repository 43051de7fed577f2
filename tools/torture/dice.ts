/** Chance that a seed decides: the same seed gives the same numbers (mulberry32). */
export interface Dice {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<Thing>(things: readonly Thing[]): Thing;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  return {
    fraction,
    between: (from, to) => from + Math.floor(fraction() * (to - from + 1)),
    pick(things) {
      const thing = things[Math.floor(fraction() * things.length)];
      if (thing === undefined) throw new Error('nothing to pick from');
      return thing;
    },
  };
}
