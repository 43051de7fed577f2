export { createDrafts, type Drafts } from './drafts.ts';
export { catchFocus } from './focus.ts';
export { useShortcuts } from './shortcuts.ts';
export { Moment, useNow, useWorld, type World, WorldProvider } from './world.tsx';
