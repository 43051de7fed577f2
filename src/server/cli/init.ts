import { mkdir } from 'node:fs/promises';
import { err, ok } from '#kernel';
import { writeAddress } from '../devices/index.ts';
import { createKeys, readMasterKey, writeMasterKey } from '../keys/index.ts';
import { exists } from '../platform/files.ts';
import { firstPolicy, isTimeZone, readPolicy, writePolicy } from '../policy/index.ts';
import { openNewStore } from '../store/index.ts';
import { ADDRESS_OPTIONS, readAddressFlags, toAddress } from './address.ts';
import { type Command, failed, text, usage } from './command.ts';
import { openCommandStore } from './school.ts';

/** Sets a school up: master key, database, keys and the first policy. Run again, it changes nothing. */
export const initCommand: Command = {
  name: 'init',
  usage: '--data DIR --school NAME [--time-zone Europe/London] [--url URL [--ca FILE]]',
  summary: 'Set a school up: keys, database and first policy',
  options: { ...ADDRESS_OPTIONS, school: { type: 'string' }, 'time-zone': { type: 'string' } },
  positionals: { min: 0, max: 0 },
  async run(context) {
    const { config, print, log } = context;
    const name = text(context, 'school')?.trim();
    const timeZone = text(context, 'time-zone') ?? 'Europe/London';
    if (name === undefined || name === '' || name.length > 200)
      return err(usage("give the school's name: --school NAME"));
    if (!isTimeZone(timeZone))
      return err(usage(`${timeZone} is not a time zone: expected a name such as Europe/London`));
    const flags = await readAddressFlags(context);
    if (!flags.ok) return flags;
    const address = toAddress(flags.value);
    if (!address.ok) return address;

    await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
    const command = await openCommandStore(log, config, openNewStore);
    if (!command.ok) return command;
    const opened = command.value;
    try {
      const { store, random, timers, audit } = opened;
      const known = await readPolicy(store.db);
      if (known !== null) {
        print(
          `Nothing changed: ${known.document.school.name} has been set up here already (${config.dataFolder}).`,
        );
        return ok(undefined);
      }
      const source = config.masterKey;
      const makesKey = source.kind === 'file' && !(await exists(source.path));
      const master = makesKey
        ? ok(await writeMasterKey({ random }, source.path))
        : await readMasterKey({ random }, source, null);
      if (!master.ok) return err(failed(master.error));
      await store.db.transaction().execute(async (trx) => {
        await createKeys({ clock: timers, random }, trx, master.value);
        await writePolicy({ clock: timers, audit }, trx, firstPolicy({ name, timeZone }));
        if (address.value !== null) await writeAddress({ audit }, trx, address.value);
      });
      print(`${name} is set up in ${config.dataFolder}.`);
      if (makesKey) {
        print(
          `Its master key is in ${source.path}. Keep a copy of it somewhere else, apart from the backups:`,
        );
        print('without it nobody can read the evidence, with it and a backup anybody can.');
      }
      return ok(undefined);
    } finally {
      await opened.dispose();
    }
  },
};
