import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks of proc(5) are hundredths of a second on every Linux Node runs on. */
const TICK_MS = 10;

export interface TreeUse {
  /** Proportional set size of all processes together, bytes. Pages shared by n processes count 1/n each. */
  readonly pssBytes: number;
  /** Processor time all of them have used since they began, milliseconds. */
  readonly cpuMs: number;
}

/** What a process and everything below it use now, by proc(5) `smaps_rollup` and `stat`. */
export async function measureTree(rootId: number): Promise<TreeUse> {
  const uses = await Promise.all((await treeOf(rootId)).map(useOf));
  return {
    pssBytes: uses.reduce((sum, use) => sum + use.pssBytes, 0),
    cpuMs: uses.reduce((sum, use) => sum + use.cpuMs, 0),
  };
}

async function treeOf(rootId: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const fields = /^\d+$/.test(name) ? await statFields(Number(name)) : null;
    if (fields !== null) parents.set(Number(name), Number(fields[1]));
  }
  const isBelow = (id: number): boolean => {
    const parent = parents.get(id);
    return id === rootId || (parent !== undefined && parent !== 0 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** A process that ended meanwhile uses nothing. */
async function useOf(id: number): Promise<TreeUse> {
  const [memory, fields] = await Promise.all([
    readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => ''),
    statFields(id),
  ]);
  const pssKb = Number(/^Pss:\s+(\d+) kB$/m.exec(memory)?.[1] ?? 0);
  const ticks = fields === null ? 0 : Number(fields[11]) + Number(fields[12]);
  return { pssBytes: pssKb * 1024, cpuMs: ticks * TICK_MS };
}

/** The fields after the program's name, which may itself hold spaces and brackets: state, parent, ... */
async function statFields(id: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => null);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}
