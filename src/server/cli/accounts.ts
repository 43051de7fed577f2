import { roleSchema } from '#contract';
import { err, ok, type Result } from '#kernel';
import {
  type AccountAdministration,
  type AdministrationFailure,
  createAccountAdministration,
  createAccounts,
  createPasswords,
} from '../accounts/index.ts';
import { type Command, type CommandContext, failed, text, usage } from './command.ts';
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
      const accounts = createAccounts({ store, audit, passwords, clock: timers, random });
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

const ACCOUNT_USAGE = 'account list, account disable NAME, account enable NAME, or account password NAME';

const FAILURES = {
  unknown: (name: string) => `there is no account named ${name}`,
  unchanged: (name: string, action: string) => `the account ${name} is ${action}d already`,
  last_dsl: (name: string) =>
    `${name} is the last DSL who can sign in: nobody could decide any more. Make or enable another one first, or say --leave-no-dsl`,
} satisfies Record<AdministrationFailure, (name: string, action: string) => string>;

/** Lists accounts, shuts one out or lets it in again, gives one a new password. */
export const accountCommand: Command = {
  name: 'account',
  usage: '--data DIR [list | disable NAME [--leave-no-dsl] | enable NAME | password NAME] [--json]',
  summary: 'List accounts, disable or enable one, give one a new password',
  options: { json: { type: 'boolean' }, 'leave-no-dsl': { type: 'boolean' } },
  positionals: { min: 0, max: 2 },
  async run(context) {
    const [action = 'list', name] = context.positionals;
    const act = ACTIONS.get(action);
    if (act === undefined || (action === 'list') !== (name === undefined)) return err(usage(ACCOUNT_USAGE));
    return withSchool(context, async ({ store, audit, timers, random }) => {
      const passwords = createPasswords({ random });
      const done = await act(
        createAccountAdministration({ store, audit, passwords, clock: timers }),
        name ?? '',
        context,
      );
      return done.ok ? ok(undefined) : err(failed(FAILURES[done.error](name ?? '', action)));
    });
  },
};

type Act = (
  accounts: AccountAdministration,
  name: string,
  context: Pick<CommandContext, 'print' | 'values'>,
) => Promise<Result<unknown, AdministrationFailure>>;

const ended = (count: number) =>
  count === 0 ? '' : ` ${count === 1 ? 'One session' : `${count} sessions`} ended.`;

const ACTIONS: ReadonlyMap<string, Act> = new Map<string, Act>([
  [
    'list',
    async (accounts, _name, { print, values }) => {
      const list = await accounts.list();
      if (values.json === true) print(JSON.stringify({ accounts: list }));
      else if (list.length === 0) print('No accounts yet. Make one with add-account.');
      else for (const one of list) print(lineOf(one));
      return ok(null);
    },
  ],
  [
    'disable',
    async (accounts, name, { print, values }) => {
      const done = await accounts.disable(name, { leaveNoDsl: values['leave-no-dsl'] === true });
      if (!done.ok) return done;
      if (values.json === true) print(JSON.stringify(done.value));
      else print(`Account ${name} is disabled.${ended(done.value.sessionsEnded)}`);
      return done;
    },
  ],
  [
    'enable',
    async (accounts, name, { print, values }) => {
      const done = await accounts.enable(name);
      if (done.ok) print(values.json === true ? '{}' : `Account ${name} can sign in again.`);
      return done;
    },
  ],
  [
    'password',
    async (accounts, name, { print, values }) => {
      const done = await accounts.resetPassword(name);
      if (!done.ok) return done;
      const { password, sessionsEnded, disabled } = done.value;
      if (values.json === true) print(JSON.stringify(done.value));
      else {
        print(`Account ${name} has a new password, shown only now:\n${password}`);
        if (sessionsEnded > 0) print(ended(sessionsEnded).trim());
        if (disabled) print('It is disabled all the same: account enable lets it sign in.');
      }
      return done;
    },
  ],
]);

function lineOf(account: Awaited<ReturnType<AccountAdministration['list']>>[number]): string {
  const { username, displayName, role, disabledAt } = account;
  const state = disabledAt === null ? '' : `  disabled since ${new Date(disabledAt).toISOString()}`;
  return `${username}  ${role}  ${displayName}${state}`;
}
