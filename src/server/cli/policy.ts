import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { err, ok } from '#kernel';
import { parsePolicyText, readPolicy, writePolicy } from '../policy/index.ts';
import { type Command, failed, usage } from './command.ts';
import { withSchool } from './school.ts';

/** Shows the policy in force, or checks a file and puts it in force. */
export const policyCommand: Command = {
  name: 'policy',
  usage: '--data DIR [show [--json] | set FILE]',
  summary: 'Show the policy, or put one from a YAML or JSON file in force',
  options: { json: { type: 'boolean' } },
  positionals: { min: 0, max: 2 },
  async run(context) {
    const [action = 'show', file, ...rest] = context.positionals;
    if (action === 'show' && file === undefined) return show();
    if (action === 'set' && file !== undefined && rest.length === 0) return set(file);
    return err(usage('policy show, or policy set FILE'));

    async function show() {
      return withSchool(context, async ({ store }) => {
        const policy = await readPolicy(store.db);
        if (policy === null) return err(failed('the school has no policy yet: run lapwing-server init'));
        if (context.values.json === true) context.print(JSON.stringify(policy));
        else context.print(`# Policy version ${policy.version}\n${stringify(policy.document)}`);
        return ok(undefined);
      });
    }

    async function set(path: string) {
      const content = await readFile(path, 'utf8').catch(() => null);
      if (content === null) return err(failed(`cannot read ${path}`));
      const document = parsePolicyText(content);
      if (!document.ok) {
        return err(
          failed(
            ...document.error.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`),
          ),
        );
      }
      return withSchool(context, async ({ store, audit, timers }) => {
        const version = await store.db
          .transaction()
          .execute((trx) => writePolicy({ clock: timers, audit }, trx, document.value));
        store.bus.publish({ kind: 'policy' });
        context.print(`Policy version ${version} is in force.`);
        return ok(undefined);
      });
    }
  },
};
