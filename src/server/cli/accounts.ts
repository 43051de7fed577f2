import { roleSchema } from '#contract';
import { err, ok } from '#kernel';
import { createAccounts, createPasswords } from '../accounts/index.ts';
import { type Command, failed, text, usage } from './command.ts';
import { withSchool } from './school.ts';

/** Makes an account and prints its password, this once. */
export const addAccountCommand: Command = {
  name: 'add-account',
  usage: '--data DIR --username U --display-name N --role technician|dsl|contractor [--json]',
  summary: 'Make an account for the console; prints its password once',
  options: {
    username: { type: 'string' },
    'display-name': { type: 'string' },
    role: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  async run(context) {
    const username = text(context, 'username')?.trim();
    const displayName = text(context, 'display-name')?.trim();
    const role = roleSchema.safeParse(text(context, 'role'));
    if (username === undefined || !/^[^\s\p{C}]{1,100}$/u.test(username)) {
      return err(usage('--username is 1 to 100 characters without spaces'));
    }
    if (displayName === undefined || !/^[^\p{C}]{1,100}$/u.test(displayName)) {
      return err(usage('--display-name is 1 to 100 characters'));
    }
    if (!role.success) return err(usage(`--role is one of ${roleSchema.options.join(', ')}`));
    return withSchool(context, async ({ store, audit, timers, random }) => {
      const passwords = createPasswords({ random });
      const accounts = createAccounts({
        db: store.db,
        bus: store.bus,
        audit,
        passwords,
        clock: timers,
        random,
      });
      const created = await accounts.create({ username, displayName, role: role.data });
      if (!created.ok) return err(failed(`there is an account named ${username} already`));
      const { password } = created.value;
      if (context.values.json === true)
        context.print(JSON.stringify({ username, role: role.data, password }));
      else
        context.print(`Account ${username} (${role.data}) made. Its password, shown only now:\n${password}`);
      return ok(undefined);
    });
  },
};
