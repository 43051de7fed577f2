// What the development runtime runs when it is given an app on its command line, as the official binary's
// own default app does: `electron [-r module] [--options] <app> [arguments]`.
// It also lends `better-sqlite3` an implementation that loads in this old runtime (see sqlite.cjs).
import { readFileSync, statSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);

lendSqlite();

const preloads = [];
let file = null;
const argv = process.argv.slice(1);
for (let index = 0; index < argv.length && file === null; index += 1) {
  const argument = argv[index];
  if (argument === '-r' || argument === '--require') {
    index += 1;
    preloads.push(argv[index]);
  } else if (!argument.startsWith('-')) {
    file = resolve(argument);
  }
}
for (const preload of preloads) require(preload);

if (file === null) {
  process.stderr.write('usage: electron [-r module] <app folder or script> [arguments]\n');
  app.exit(2);
} else {
  process.defaultApp = true;
  // Awaited here: Electron becomes ready only when this module has run, so that an app's main module may
  // still set what must be set before that.
  await load(file).catch((failure) => {
    process.stderr.write(`${failure?.stack ?? failure}\n`);
    app.exit(1);
  });
}

async function load(appPath) {
  let main = appPath;
  if (statSync(appPath).isDirectory()) {
    const manifest = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8'));
    app.setName(manifest.productName ?? manifest.name);
    app.setVersion(manifest.version ?? '0.0.0');
    app.setAppPath(appPath);
    app.setPath('userData', join(app.getPath('appData'), app.getName()));
    main = join(appPath, manifest.main ?? 'index.js');
  } else {
    app.setAppPath(dirname(appPath));
  }
  await import(pathToFileURL(main).href);
}

/** `require` and `import` of the real package both end in this loader, at the package's own entry file. */
function lendSqlite() {
  const loadJavaScript = Module._extensions['.js'];
  Module._extensions['.js'] = (module, filename) => {
    if (/[\\/]node_modules[\\/]better-sqlite3[\\/]lib[\\/]index\.js$/.test(filename)) {
      module.exports = require('./sqlite.cjs');
    } else {
      loadJavaScript(module, filename);
    }
  };
}
