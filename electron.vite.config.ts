import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { errorLine, loadRules } from './tools/rules/load.ts';

/** Packages with native parts or files of their own; everything else is bundled, so a package needs no node_modules but these. */
const EXTERNAL = ['electron', 'better-sqlite3', 'koffi', 'x11'];

const page = (name: string) => resolve(import.meta.dirname, 'src/renderer', name, 'index.html');

/**
 * Compiles the bundled rule packs and site lists, so that an agent without packs of its school's own loads them without parsing.
 * A pack or list with a mistake fails the build and says where.
 */
function compiledRules(): Plugin {
  const folder = resolve(import.meta.dirname, 'resources/rules');
  return {
    name: 'lapwing-compiled-rules',
    async generateBundle() {
      const { bytes, errors } = await loadRules([folder]);
      if (bytes === null) return this.error(errors.map(errorLine).join('\n'));
      this.emitFile({ type: 'asset', fileName: 'rules.lwr', source: bytes });
    },
  };
}

export default defineConfig({
  main: {
    plugins: [compiledRules()],
    build: {
      externalizeDeps: false,
      target: 'node20',
      sourcemap: false,
      rolldownOptions: {
        external: EXTERNAL,
        // The shared folders only declare: what the agent's loop does not use of them, such as the parser of packs that
        // the compiling thread needs, is not loaded into its memory.
        treeshake: { moduleSideEffects: (id: string) => !id.includes('/src/shared/') },
        input: {
          main: 'src/main/main.ts',
          watchThread: 'src/main/platform/win32/watchThread.ts',
          compileThread: 'src/main/platform/node/compileThread.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        external: ['electron'],
        input: { preload: 'src/renderer/preload/preload.ts' },
        // A sandboxed preload script must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    base: './',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      // The pages' policy allows fonts and scripts from files only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { report: page('report'), notice: page('notice') } },
    },
  },
});
