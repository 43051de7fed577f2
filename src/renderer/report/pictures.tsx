import type { Report } from '#contract';

/** Pictures of the choices, in the lapwing's line: 48 grid, 2.4 wide, round ends. */
const PICTURES: Record<Report['about'], string> = {
  something_i_saw:
    'M6 9.5h36v25H6zM17 41.5h14M24 34.5v7M13 22c3-4.6 6.6-6.8 11-6.8S32 17.4 35 22c-3 4.6-6.6 6.8-11 6.8S16 26.6 13 22M24 19.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6',
  someone_to_me:
    'M15 19.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M5 43.5c.8-6 4.3-9 10-9s9.2 3 10 9M24 5.5h18.5v14H34l-5.5 5v-5H24zM29 10.5l3 4 3-4 3 4',
  someone_else:
    'M16 12a6 6 0 1 0 0 12 6 6 0 0 0 0-12M4.5 40.5c1-8 5-12 11.5-12s10.5 4 11.5 12M33.5 15a5 5 0 1 0 0 10 5 5 0 0 0 0-10M32 29.3c6.5-.6 10.5 3.1 11.5 11.2',
  how_i_feel:
    'M24 6.5a17.5 17.5 0 1 0 0 35 17.5 17.5 0 0 0 0-35M17.5 19v1.5M30.5 19v1.5M15.5 31c2.8-3.4 5.6-3.4 8.5 0s5.7 3.4 8.5 0',
  something_else: 'M6.5 9h35v24H24l-9.5 8v-8h-8zM16 21v.2M24 21v.2M32 21v.2',
};

/** One picture; the words beside it say the same. */
export function Picture({ about }: { about: Report['about'] }) {
  return (
    <svg
      aria-hidden="true"
      width="48"
      height="48"
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PICTURES[about]} />
    </svg>
  );
}
