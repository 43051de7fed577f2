import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { audienceSchema } from '#contract';
import { err, ok } from '#kernel';
import { parsePolicyText, readPolicy, signFor, writePolicy } from '../policy/index.ts';
import { type Command, failed, text, usage } from './command.ts';
import { withSchool } from './school.ts';

const NO_POLICY = 'the school has no policy yet: run lapwing-server init';

/** Shows the policy in force, signs it for devices without a line to the server, or puts a checked file in force. */
export const policyCommand: Command = {
  name: 'policy',
  usage: '--data DIR [show [--json] | set FILE | sign --audience KS2]',
  summary: 'Show the policy, sign it for an offline site, or put one from a YAML or JSON file in force',
  options: { json: { type: 'boolean' }, audience: { type: 'string' } },
  positionals: { min: 0, max: 2 },
  async run(context) {
    const [action = 'show', file, ...rest] = context.positionals;
    if (action === 'show' && file === undefined) return show();
    if (action === 'set' && file !== undefined && rest.length === 0) return set(file);
    if (action === 'sign' && file === undefined) return sign();
    return err(usage('policy show, policy set FILE, or policy sign --audience KS2'));

    async function show() {
      return withSchool(context, async ({ store }) => {
        const policy = await readPolicy(store.db);
        if (policy === null) return err(failed(NO_POLICY));
        if (context.values.json === true) context.print(JSON.stringify(policy));
        else context.print(`# Policy version ${policy.version}\n${stringify(policy.document)}`);
        return ok(undefined);
      });
    }

    async function sign() {
      const audience = audienceSchema.safeParse(text(context, 'audience'));
      if (!audience.success) return err(usage(`--audience is one of ${audienceSchema.options.join(', ')}`));
      return withSchool(context, async ({ store, keyring }) => {
        const policy = await readPolicy(store.db);
        if (policy === null) return err(failed(NO_POLICY));
        context.print(await signFor(policy, keyring, audience.data));
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
