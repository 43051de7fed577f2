import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

const FILE_TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * Unpacks a ZIP archive with its modes and symbolic links.
 *
 * @param archive path of the ZIP file
 * @param folder where to unpack; made when missing
 * @param rename gives each entry its path below `folder`, or null to leave it out
 */
export async function unzip(
  archive: string,
  folder: string,
  rename: (entry: string) => string | null,
): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const name = rename(entry.fileName);
    if (name === null || name === '' || name.endsWith('/')) continue;
    const target = join(folder, name);
    if (!target.startsWith(folder + sep)) throw new Error(`the archive reaches outside its folder: ${name}`);
    await mkdir(dirname(target), { recursive: true });
    const mode = entry.externalFileAttributes >>> 16;
    const stream = await zip.openReadStreamPromise(entry);
    if ((mode & FILE_TYPE_MASK) === SYMBOLIC_LINK) {
      await symlink(await text(stream), target);
    } else {
      await pipeline(stream, createWriteStream(target));
      await chmod(target, mode & 0o777 || 0o644);
    }
  }
}
