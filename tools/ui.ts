import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { exitWith } from './bootstrap/say.mjs';

/** `npm run ui`: the page of every token and widget, and the pupils' windows, reloading as the sources change. */
async function main(): Promise<void> {
  parseArgs({ options: {} });
  const isHeadless = process.platform === 'linux' && (process.env.DISPLAY ?? '') === '';
  const server = await createServer({
    configFile: 'vite.ui.config.ts',
    server: { host: '127.0.0.1', ...(isHeadless ? { open: false } : {}) },
  });
  await server.listen();
  server.printUrls();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}

main().catch(exitWith);
