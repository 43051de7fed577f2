import { resolve } from 'node:path';
import { err, ok } from '#kernel';
import { readMasterKey } from '../keys/index.ts';
import { backUp, readBackup, restore, rotateKeys, verify } from '../maintenance/index.ts';
import { createTimers } from '../platform/clock.ts';
import { exists } from '../platform/files.ts';
import { createRandom } from '../platform/random.ts';
import { openNoteWith } from '../review/index.ts';
import { openBlobs, openExistingStore } from '../store/index.ts';
import { type Command, failed } from './command.ts';
import { openCommandStore, withSchool } from './school.ts';

/** So many faults are printed one by one. */
const MAX_PRINTED = 50;

export const backupCommand: Command = {
  name: 'backup',
  usage: '--data DIR FOLDER [--json]',
  summary: 'Copy the running school into an empty folder (without the master key)',
  options: { json: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  run: (context) =>
    withSchool(context, async ({ store, master, audit, timers, random }) => {
      const folder = resolve(context.positionals[0] ?? '');
      const blobsElsewhere = context.config.blobs.kind === 's3';
      const done = await backUp(
        { store, audit, blobsElsewhere, masterKeyId: master.id, clock: timers, random },
        folder,
      );
      if (!done.ok) return err(failed(done.error));
      if (context.values.json === true) context.print(JSON.stringify({ folder, ...done.value }));
      else {
        context.print(
          `Backed up ${done.value.records} records and ${done.value.blobs} screenshots to ${folder}.`,
        );
        context.print('The master key is not in it: keep that apart. Both together open the evidence.');
      }
      return ok(undefined);
    }),
};

export const restoreCommand: Command = {
  name: 'restore',
  usage: '--data DIR FOLDER [--replace]',
  summary: 'Bring a backup back; a running server goes on with it',
  options: { replace: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run({ config, log, positionals, values, print }) {
    const folder = resolve(positionals[0] ?? '');
    const { database } = config;
    if (database.kind === 'postgres') {
      return err(
        failed('PostgreSQL restores its own backups: stop the servers, pg_restore --clean, start them again'),
      );
    }
    const manifest = await readBackup(folder);
    if (!manifest.ok) return err(failed(manifest.error));
    const timers = createTimers();
    const random = createRandom();
    const master = await readMasterKey({ random }, config.masterKey, manifest.value.masterKeyId);
    if (!master.ok) return err(failed(master.error));
    if (master.value.id !== manifest.value.masterKeyId) {
      return err(
        failed('the master key here is not the one this backup was made with: bring that one back first'),
      );
    }
    if ((await exists(database.path)) && values.replace !== true) {
      return err(
        failed(
          `there is a school at ${config.dataFolder} already: say --replace to put the backup in its place`,
        ),
      );
    }
    const blobs = await openBlobs({ random, clock: timers }, config.blobs);
    const done = await restore({ blobs, clock: timers, random }, folder, database.path);
    if (!done.ok) return err(failed(done.error));
    // A backup of an older version gets the tables of this one at once, under a running server too.
    const opened = await openCommandStore(log, config, openExistingStore);
    if (!opened.ok) return opened;
    const { records, createdAt } = manifest.value;
    const { store, audit } = opened.value;
    await audit.write(store.db, {
      actor: 'command line',
      action: 'backup_restored',
      subject: null,
      detail: { createdAt, records },
    });
    await opened.value.dispose();
    print(`Restored ${records} records as they were on ${new Date(createdAt).toISOString()}.`);
    if (done.value.kept !== null) print(`What was there before is kept in ${done.value.kept}.`);
    print('Devices that have sent records since then show them as gaps.');
    return ok(undefined);
  },
};

export const verifyCommand: Command = {
  name: 'verify',
  usage: '--data DIR [--json]',
  summary: 'Check every record, signature, hash, screenshot, note and sequence',
  options: { json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: (context) =>
    withSchool(context, async ({ store, keyring }) => {
      const report = await verify({ store, opener: keyring.opener, openNote: openNoteWith(keyring) });
      const { faults, records, devices, blobs, notes, lacking } = report;
      if (context.values.json === true) context.print(JSON.stringify(report));
      else {
        context.print(
          `Checked ${records} records of ${devices} devices, ${blobs} screenshots and ${notes} notes.`,
        );
        context.print(`Devices have ${lacking} records that have not arrived (see devices).`);
        for (const { code, subject } of faults.slice(0, MAX_PRINTED))
          context.print(`fault: ${code} ${subject}`);
        if (faults.length > MAX_PRINTED)
          context.print(`... and ${faults.length - MAX_PRINTED} more (--json shows all)`);
      }
      return faults.length === 0 ? ok(undefined) : err(failed(`${faults.length} faults found`));
    }),
};

export const rotateKeysCommand: Command = {
  name: 'rotate-keys',
  usage: '--data DIR [--new-intake-key] [--json]',
  summary: 'Wrap the keys by a new master key; also make a new key for devices to seal to',
  options: { 'new-intake-key': { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: (context) =>
    withSchool(context, async ({ store, master, audit, timers, random }) => {
      const newIntakeKey = context.values['new-intake-key'] === true;
      const deps = { store, audit, clock: timers, random, master };
      const done = await rotateKeys(deps, context.config.masterKey, { newIntakeKey });
      if (!done.ok) return err(failed(done.error));
      const { rewrapped, intakeKeyId } = done.value;
      if (context.values.json === true) context.print(JSON.stringify(done.value));
      else {
        context.print(
          `${rewrapped} keys are wrapped by a new master key. Keep a copy of it apart from the backups.`,
        );
        context.print('Older backups still need the old master key.');
        if (intakeKeyId !== null)
          context.print(`Devices seal to ${intakeKeyId} from now on; older records stay readable.`);
        if (context.config.masterKey.kind === 'environment') {
          context.print('Now put the value of LAPWING_NEXT_MASTER_KEY into LAPWING_MASTER_KEY.');
        }
      }
      return ok(undefined);
    }),
};
