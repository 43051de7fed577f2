import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { beforeAll, describe, expect, test } from 'vitest';

const projectFolder = resolve(import.meta.dirname, '../../..');
const packageFolder = join(projectFolder, 'dist/linux-unpacked');
const archive = join(packageFolder, 'resources/app.asar');

/** Everything that may be inside: each pattern is something the agent loads. */
const EXPECTED = [
  /^\/package\.json$/,
  /^\/out\/main\/(?:main|watchThread|compileThread)\.js$/,
  /^\/out\/main\/rules\.lwr$/,
  /^\/out\/main\/chunks\/[\w.-]+\.js$/,
  /^\/out\/preload\/preload\.cjs$/,
  /^\/out\/renderer\/(?:report|notice)\/index\.html$/,
  /^\/out\/renderer\/assets\/[\w.-]+\.(?:js|css|woff2?)$/,
  /^\/resources\/rules\/[\w/-]+\.yaml$/,
  /^\/resources\/icons\/tray\/[\w@.-]+\.png$/,
  /^\/node_modules\/better-sqlite3\//,
  /^\/node_modules\/x11\/(?:package\.json|LICENSE|lib\/(?!xserver\/)[\w/-]+\.js)$/,
];
/** The development runtime's own addition; an official Electron has none of it. */
const DEVELOPMENT_ONLY = /^\/node_modules\/node-sqlite3-wasm\//;

const MAX_ARCHIVE_BYTES = 30_000_000;

describe.runIf(process.platform === 'linux')('the package for Linux', () => {
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [
      join(projectFolder, 'tools/run.mjs'),
      'package',
      '--linux',
      'dir',
    ]);
  });

  function files(): string[] {
    const all = listPackage(archive, { isPack: false });
    const folders = new Set(all.map((path) => path.slice(0, path.lastIndexOf('/'))));
    return all.filter((path) => !folders.has(path));
  }

  test('holds what the agent loads and nothing else', () => {
    const extra = files().filter(
      (file) => !DEVELOPMENT_ONLY.test(file) && !EXPECTED.some((pattern) => pattern.test(file)),
    );
    expect(extra).toEqual([]);
    for (const needed of [
      '/out/main/main.js',
      '/out/main/compileThread.js',
      '/out/preload/preload.cjs',
      '/out/renderer/report/index.html',
    ]) {
      expect(files()).toContain(needed);
    }
    expect(statSync(archive).size).toBeLessThan(MAX_ARCHIVE_BYTES);
  });

  test('names nothing for development in its manifest', () => {
    const manifest = JSON.parse(extractFile(archive, 'package.json').toString('utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).toMatchObject({ name: 'lapwing', main: 'out/main/main.js' });
  });

  test('brings the relay and its manifests, and no default app', () => {
    expect(existsSync(join(packageFolder, 'resources/relay/lapwing-relay'))).toBe(true);
    expect(existsSync(join(packageFolder, 'resources/managed/native-host/linux-chromium.json'))).toBe(true);
    expect(existsSync(join(packageFolder, 'resources/default_app.asar'))).toBe(false);
  });

  test('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(join(packageFolder, 'lapwing'));
    const [off, on] = ['0', '1'].map((state) => state.charCodeAt(0));
    expect(wire[FuseV1Options.RunAsNode]).toBe(off);
    expect(wire[FuseV1Options.EnableCookieEncryption]).toBe(on);
    expect(wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(off);
    expect(wire[FuseV1Options.EnableNodeCliInspectArguments]).toBe(off);
    expect(wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(on);
    expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(on);
    expect(wire[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(off);
  });
});
