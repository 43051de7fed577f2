import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The work tree. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is kept between work trees: downloaded and assembled runtimes. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lapwing');

/** The demo school's data; thrown away by `npm start -- --reset`. */
export const schoolFolder = join(projectFolder, '.lapwing');
