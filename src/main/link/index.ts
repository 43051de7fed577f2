export { createServerLink, type LinkDeps, type LinkIdentity } from './link.ts';
