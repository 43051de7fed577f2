import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Browsers that know `light-dark()`, which the tokens use. Every current school browser does. */
export const browserTargets = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

/** Builds the reviewers' console for the server to serve: `out/console`. */
export default defineConfig({
  root: 'src/console',
  plugins: [react()],
  build: {
    outDir: '../../out/console',
    emptyOutDir: true,
    target: browserTargets,
    // Fonts stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
