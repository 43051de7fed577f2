/** `npm run bench -- footprint|match|detection|path|relay [--json] ...`: runs one benchmark; each folder exports `run(args)`. */
const NAMES = ['footprint', 'match', 'detection', 'path', 'relay'];
const [name, ...args] = process.argv.slice(2);

if (name === undefined || !NAMES.includes(name)) {
  process.stderr.write(`usage: bench ${NAMES.join('|')} [--json]\n`);
  process.exitCode = 2;
} else {
  const bench = (await import(`./${name}/${name}.ts`)) as {
    run(args: readonly string[]): Promise<number | undefined>;
  };
  process.exitCode = (await bench.run(args)) ?? 0;
}
