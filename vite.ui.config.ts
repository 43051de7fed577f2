import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { browserTargets } from './vite.console.config.ts';

const page = (path: string) => resolve(import.meta.dirname, 'src', path);

/** The page of every token and widget (`npm run ui`), and the pupils' windows for tests in a plain browser: `out/ui`. */
export default defineConfig({
  root: 'src',
  plugins: [react()],
  server: { open: '/ui/gallery/index.html' },
  build: {
    outDir: '../out/ui',
    emptyOutDir: true,
    target: browserTargets,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        gallery: page('ui/gallery/index.html'),
        report: page('renderer/report/index.html'),
        notice: page('renderer/notice/index.html'),
      },
    },
  },
});
