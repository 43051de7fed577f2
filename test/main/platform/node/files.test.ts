import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFiles } from '../../../../src/main/platform/node/index.ts';

describe('files below the data folder', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lapwing-files-'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const bytes = (text: string) => new TextEncoder().encode(text);
  const text = (read: Uint8Array | null) => (read === null ? null : new TextDecoder().decode(read));

  test('are written whole, replaced, moved and removed', async () => {
    const files = createFiles({ root });
    expect(await files.read('a/b.txt')).toBeNull();
    await files.writeAtomic('a/b.txt', bytes('one'));
    await files.writeAtomic('a/b.txt', bytes('two'));
    expect(text(await files.read('a/b.txt'))).toBe('two');
    await files.move('a/b.txt', 'c/d.txt');
    await files.move('a/none.txt', 'c/d.txt');
    expect(await files.list('a')).toEqual([]);
    expect(text(await files.read('c/d.txt'))).toBe('two');
    await files.remove('c/d.txt');
    await files.remove('c/d.txt');
    expect(await files.list('c')).toEqual([]);
    expect(await files.list('none')).toEqual([]);
  });

  test('can be read by their owner only, and leave nothing half behind', async () => {
    const files = createFiles({ root });
    await Promise.all(Array.from({ length: 20 }, (_, index) => files.writeAtomic('x', bytes(String(index)))));
    expect(await readdir(root)).toEqual(['x']);
    expect((await stat(join(root, 'x'))).mode & 0o077).toBe(0);
  });

  test('a write that fails leaves the old file and no other', async () => {
    const files = createFiles({ root });
    await files.writeAtomic('folder/x', bytes('old'));
    await expect(files.writeAtomic('folder', bytes('new'))).rejects.toThrow();
    expect(await readdir(root)).toEqual(['folder']);
    expect(text(await files.read('folder/x'))).toBe('old');
  });

  test.each(['../x', '/etc/passwd', 'a/../../x', '..'])(
    '%s leaves the folder and is refused',
    async (path) => {
      const files = createFiles({ root });
      await expect(files.writeAtomic(path, bytes('x'))).rejects.toThrow('leaves the data folder');
    },
  );
});
