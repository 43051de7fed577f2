import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observationSchema } from '#contract';
import { startChild } from '../../../tools/process/child.ts';
import { startXDesktop, type XDesktop } from './xDesktop.ts';

/** `npm run -s watch`, as a technician runs it, on a real screen. */

const SCRIPT = fileURLToPath(new URL('../../../tools/watch.ts', import.meta.url));
let desktop: XDesktop;

beforeAll(async () => {
  desktop = await startXDesktop();
  await desktop.startWindowManager();
});

afterAll(() => desktop.dispose());

function runWatch(args: readonly string[]) {
  const watch = startChild(process.execPath, [SCRIPT, ...args], {
    env: { ...process.env, DISPLAY: desktop.display, XDG_RUNTIME_DIR: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = watch.process;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const errors: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => errors.push(line));
  return { watch, errors, next: async () => String((await lines.next()).value) };
}

describe.runIf(process.platform === 'linux')('watch', () => {
  test('each thing in front is one JSON line with the agreed keys; health goes to standard error', async () => {
    const program = await desktop.startProgram();
    const { watch, errors, next } = runWatch([]);
    await program.command({ do: 'open', title: 'Volcanoes = "hot" 火山', className: 'Reader' });
    const first = JSON.parse(await next()) as Record<string, unknown>;
    expect(Object.keys(first)).toEqual([
      'at',
      'app',
      'title',
      'url',
      'urlSource',
      'private',
      'excluded',
      'session',
    ]);
    expect(observationSchema.parse(first)).toMatchObject({
      app: { name: 'Reader', processId: program.processId },
      title: 'Volcanoes = "hot" 火山',
      urlSource: 'none',
      excluded: null,
    });
    await program.command({ do: 'open', name: 'vault', title: 'My passwords', className: 'KeePassXC' });
    expect(JSON.parse(await next())).toMatchObject({ excluded: 'password_manager', title: '', url: null });
    watch.process.kill('SIGINT');
    expect(await watch.ended).toBe(0);
    const healths = errors.map((line) => JSON.parse(line) as { part: string; code: string });
    expect(healths).toContainEqual(
      expect.objectContaining({ part: 'observe', state: 'ok', code: 'x11_events' }),
    );
    await program.dispose();
  });

  test('ends by itself after --seconds', async () => {
    const { watch } = runWatch(['--seconds', '0.5']);
    expect(await watch.ended).toBe(0);
  });

  test.each([[['--seconds', 'soon']], [['--seconds', '-1']], [['--forever']]])(
    '%j is refused in words',
    async (args) => {
      const { watch, errors } = runWatch(args);
      expect(await watch.ended).toBe(1);
      expect(errors.join('\n')).toContain('npm run -s watch');
    },
  );
});
