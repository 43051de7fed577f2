import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';

/**
 * Draws every PNG, ICO and ICNS of this folder from its SVG sources with a real browser.
 * Run after changing a source: `node resources/icons/render.ts [path of a Chromium]`.
 */

const folder = import.meta.dirname;
/** Below this size the line drawing closes up, so the simpler silhouette is used. */
const smallestDetailed = 64;
/** Electron's scale suffixes and the sizes they give a tray icon of 16. */
const TRAY_SCALES = { '': 16, '@1.25x': 20, '@1.5x': 24, '@2x': 32, '@3x': 48 } as const;
const TRAY_STATES = ['watching', 'paused', 'problem'] as const;
const ICO_SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256] as const;
/** ICNS element types by pixel size (Apple's Icon Services; PNG payloads). */
const ICNS_TYPES = {
  icp4: 16,
  icp5: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
} as const;

async function draw(browser: Browser, svgPath: string, size: number): Promise<Buffer> {
  const svg = await readFile(join(folder, svgPath), 'utf8');
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  );
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

/** ICO: a directory of 16-byte entries, then the PNGs (Windows Vista and later read PNG entries). */
function ico(images: readonly { size: number; png: Buffer }[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  for (const [index, { size, png }] of images.entries()) {
    const at = 6 + 16 * index;
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** ICNS: `icns`, total length, then type, length and PNG of each element, big-endian. */
function icns(elements: readonly { type: string; png: Buffer }[]): Buffer {
  const parts = elements.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 'ascii');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 'ascii');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const app = (size: number) =>
  draw(browser, size < smallestDetailed ? 'app/icon-small.svg' : 'app/icon.svg', size);
const write = (path: string, bytes: Buffer) => writeFile(join(folder, path), bytes);

await write('app/icon.png', await app(1024));
await write(
  'app/icon.ico',
  ico(await Promise.all(ICO_SIZES.map(async (size) => ({ size, png: await app(size) })))),
);
await write(
  'app/icon.icns',
  icns(
    await Promise.all(
      Object.entries(ICNS_TYPES).map(async ([type, size]) => ({ type, png: await app(size) })),
    ),
  ),
);
for (const size of [16, 48, 128]) await write(`extension-${size}.png`, await app(size));
for (const state of TRAY_STATES) {
  for (const [suffix, size] of Object.entries(TRAY_SCALES)) {
    await write(`tray/tray-${state}${suffix}.png`, await draw(browser, `tray/tray-${state}.svg`, size));
  }
  await write(`tray/tray-${state}-22.png`, await draw(browser, `tray/tray-${state}.svg`, 22));
  await write(`tray/tray-${state}-22@2x.png`, await draw(browser, `tray/tray-${state}.svg`, 44));
  await write(`tray/tray-${state}-Template.png`, await draw(browser, `tray/tray-${state}-Template.svg`, 16));
  await write(
    `tray/tray-${state}-Template@2x.png`,
    await draw(browser, `tray/tray-${state}-Template.svg`, 32),
  );
}
await browser.close();
