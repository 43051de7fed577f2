import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../../src/main/platform/electron/arguments.ts';
import { isBlankImage } from '../../../../src/main/platform/electron/blankImage.ts';
import { runCall, type Sender } from '../../../../src/main/platform/electron/ipcGuard.ts';
import { PAGE_HEADERS, resolvePageFile } from '../../../../src/main/platform/electron/pageFiles.ts';
import type { PageHandlers } from '../../../../src/main/ports/index.ts';

function filled(width: number, height: number, pixel: readonly [number, number, number, number]): Uint8Array {
  return Uint8Array.from({ length: width * height * 4 }, (_, index) => pixel[index % 4] ?? 0);
}

describe('blank pictures', () => {
  const size = { width: 400, height: 300 };

  test.each([
    ['black', [0, 0, 0, 255], true],
    ['nearly black', [3, 2, 4, 255], true],
    ['white', [255, 255, 255, 255], true],
    ['transparent', [40, 90, 10, 0], true],
    ['teal', [80, 120, 20, 255], false],
    ['grey', [128, 128, 128, 255], false],
  ] as const)('all %s', (_what, pixel, blank) => {
    expect(isBlankImage(filled(400, 300, pixel), size)).toBe(blank);
  });

  test('one line of text on white is a picture', () => {
    const pixels = filled(400, 300, [255, 255, 255, 255]);
    pixels.fill(0, 150 * 400 * 4, 152 * 400 * 4);
    expect(isBlankImage(pixels, size)).toBe(false);
  });

  test('too few bytes and no pixels at all are blank', () => {
    expect(isBlankImage(new Uint8Array(3), size)).toBe(true);
    expect(isBlankImage(new Uint8Array(0), { width: 0, height: 0 })).toBe(true);
  });
});

describe('page files', () => {
  const root = '/app/out/renderer';

  test('a page is found below its folder', () => {
    expect(resolvePageFile(root, 'lapwing://pages/report/index.html')).toEqual({
      path: join(root, 'report/index.html'),
      mediaType: 'text/html; charset=utf-8',
    });
  });

  test.each([
    'lapwing://other/report/index.html',
    'file:///etc/passwd',
    'https://pages/report/index.html',
    'lapwing://pages/',
    'lapwing://pages/report/index.map',
    'lapwing://pages/%2e%2e%2f%2e%2e%2fmain/main.js',
    'lapwing://pages/..%5c..%5cmain/main.js%00.html',
    'lapwing://pages/%ff.html',
    'nonsense',
  ])('%s is no page file', (url) => expect(resolvePageFile(root, url)).toBeNull());

  test('nothing outside the folder, whatever the path', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('..', '%2e%2e', '/', '%2f', '\\', '%5c', 'a', '.html', '%00')),
        (parts) => {
          const file = resolvePageFile(root, `lapwing://pages/${parts.join('')}`);
          expect(file === null || file.path.startsWith(`${root}/`)).toBe(true);
        },
      ),
    );
  });

  test('pages may load nothing but their own files', () => {
    const policy = PAGE_HEADERS['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

describe('calls of a page', () => {
  const page = { close: () => undefined };
  const own: Sender = { frameUrl: 'lapwing://pages/report/index.html', isTopFrame: true, isOwnPage: true };
  const asked: unknown[] = [];
  const handlers = {
    'report.send': async (input: unknown) => {
      asked.push(input);
      return { state: 'saved', extra: 'never crosses' };
    },
  } as unknown as PageHandlers;
  const good = { about: 'something_i_saw', text: 'x', urgent: false, contactId: null, attach: false };

  test('a good call is answered with what the map says', async () => {
    expect(await runCall(handlers, 'report.send', good, own, page)).toEqual({ state: 'saved' });
    expect(asked).toEqual([good]);
  });

  test.each<[string, Partial<Sender>]>([
    ['a frame inside the page', { isTopFrame: false }],
    ['a foreign page', { frameUrl: 'https://pages.invalid/' }],
    ['a page that looks alike', { frameUrl: 'lapwing://pages.invalid/report/index.html' }],
    ['a frame that is gone', { frameUrl: null }],
    ['a window that is not ours', { isOwnPage: false }],
  ])('%s is refused', async (_what, over) => {
    await expect(runCall(handlers, 'report.send', good, { ...own, ...over }, page)).rejects.toThrow(
      'not_allowed',
    );
  });

  test.each([
    ['nothing', undefined],
    ['a number', 5],
    ['a text that is too long', { ...good, text: 'x'.repeat(4_001) }],
    ['an unknown kind', { ...good, about: 'homework' }],
    ['a missing part', { about: good.about, text: 'x' }],
  ])('%s is bad input', async (_what, input) => {
    await expect(runCall(handlers, 'report.send', input, own, page)).rejects.toThrow('invalid_input');
  });
});

describe('the command line', () => {
  test.each([
    [[], { enrol: null, watch: null }],
    [['--enrol', 'token'], { enrol: 'token', watch: null }],
    [['--enrol=@/media/token.txt', '--no-sandbox'], { enrol: '@/media/token.txt', watch: null }],
    [['--watch'], { enrol: null, watch: { seconds: null } }],
    [['--watch', '--seconds', '5'], { enrol: null, watch: { seconds: 5 } }],
    [['--watch', '--seconds', 'x'], { enrol: null, watch: { seconds: null } }],
    [['--remote-debugging-port=0', 'x', '--enrol='], { enrol: null, watch: null }],
  ])('%j', (args, expected) => expect(parseArguments(args)).toEqual(expected));
});
