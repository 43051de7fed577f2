import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { createCompiler, parsePack } from './src/shared/match/index.ts';

/** Packages with native parts or files of their own; everything else is bundled, so a package needs no node_modules but these. */
const EXTERNAL = ['electron', 'better-sqlite3', 'koffi', 'x11'];

const page = (name: string) => resolve(import.meta.dirname, 'src/renderer', name, 'index.html');

/**
 * Compiles the bundled rule packs, so that an agent without packs of its school's own loads them without parsing.
 * A pack that does not parse fails the build and says where.
 */
function compiledRules(): Plugin {
  const folder = resolve(import.meta.dirname, 'resources/rules');
  return {
    name: 'lapwing-compiled-rules',
    generateBundle() {
      const compiler = createCompiler();
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
        if (!name.endsWith('.yaml')) continue;
        const parsed = parsePack(readFileSync(join(folder, name), 'utf8'), name);
        if (parsed.ok) compiler.addPack(parsed.value);
        else
          for (const { file, line, column, message } of parsed.error)
            this.error(`${file}:${line}:${column}: ${message}`);
      }
      this.emitFile({ type: 'asset', fileName: 'rules.lwr', source: compiler.finish() });
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
        input: { main: 'src/main/main.ts', watchThread: 'src/main/platform/win32/watchThread.ts' },
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
