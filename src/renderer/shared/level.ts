import type { Audience } from '#contract';

/** How a window speaks: `first` for five to seven years, `young` to eleven, `older` from then on. */
export type Level = 'first' | 'young' | 'older';

/** The level of an audience. Staff and guests read what older pupils read. */
export function levelOf(audience: Audience): Level {
  if (audience === 'KS1') return 'first';
  return audience === 'KS2' ? 'young' : 'older';
}
