import { audienceSchema, idSchema } from '#contract';
import { err, ok } from '#kernel';
import { encodeEnrolmentToken } from '#seal';
import { createDevices, createEnrolment, readAddress } from '../devices/index.ts';
import { createSequences } from '../sequences/index.ts';
import { ADDRESS_OPTIONS, readAddressFlags } from './address.ts';
import { type Command, failed, text, usage } from './command.ts';
import { withSchool } from './school.ts';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MAX_LIFETIME_MS = 365 * UNITS_MS.d;

/** `7d`, `12h`, `30m` in milliseconds, or null. */
export function parseDuration(value: string): number | null {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(value) ?? [];
  return count === undefined || unit === undefined
    ? null
    : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** A name or a reason as it may stand on a terminal: no control or direction characters. */
function printable(name: string): string {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 60);
}

export const enrolTokenCommand: Command = {
  name: 'enrol-token',
  usage: '--data DIR --site S --audience KS2 [--expires 7d] [--uses 1] [--url URL] [--ca FILE] [--json]',
  summary: 'Make a token that takes devices in; prints it once',
  options: {
    ...ADDRESS_OPTIONS,
    site: { type: 'string' },
    audience: { type: 'string' },
    expires: { type: 'string' },
    uses: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  async run(context) {
    const site = text(context, 'site')?.trim();
    const audience = audienceSchema.safeParse(text(context, 'audience'));
    const lifetimeMs = parseDuration(text(context, 'expires') ?? '7d');
    const uses = Number(text(context, 'uses') ?? '1');
    if (site === undefined || site === '' || site.length > 100)
      return err(usage('--site names the school site, 1 to 100 characters'));
    if (!audience.success) return err(usage(`--audience is one of ${audienceSchema.options.join(', ')}`));
    if (lifetimeMs === null || lifetimeMs === 0 || lifetimeMs > MAX_LIFETIME_MS) {
      return err(usage('--expires is a time such as 30m, 12h or 7d, a year at most'));
    }
    if (!Number.isInteger(uses) || uses < 1 || uses > 100_000)
      return err(usage('--uses is a number from 1 to 100000'));
    const flags = await readAddressFlags(context);
    if (!flags.ok) return flags;

    return withSchool(context, async ({ store, keyring, audit, timers, random }) => {
      const known = flags.value.serverUrl === undefined ? await readAddress(store.db) : null;
      const serverUrl = flags.value.serverUrl ?? known?.serverUrl;
      const caPem = flags.value.caPem ?? known?.caPem ?? null;
      if (serverUrl === undefined) {
        return err(
          failed(
            'where devices reach this server is not known: start it with serve --url https://... (kept from then on), or give --url to this command',
          ),
        );
      }
      const enrolment = createEnrolment({ store, bus: store.bus, audit, clock: timers, random });
      const made = await enrolment.createToken({ site, audience: audience.data, lifetimeMs, uses });
      const { tokenId, tokenSecret, expiresAt } = made;
      const policyKey = keyring.policyKey.publicKey;
      const intakeKey = keyring.currentIntakeKey;
      const token = await encodeEnrolmentToken({
        version: 1,
        tokenId,
        tokenSecret,
        serverUrl,
        caPem,
        policyKey,
        intakeKey,
      });
      if (context.values.json === true) context.print(JSON.stringify({ token, tokenId, expiresAt, uses }));
      else context.print(token);
      return ok(undefined);
    });
  },
};

export const enrolTokensCommand: Command = {
  name: 'enrol-tokens',
  usage: '--data DIR [--json]',
  summary: 'List the tokens made so far with what is left of them; never their secrets',
  options: { json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: (context) =>
    withSchool(context, async ({ store, audit, timers, random }) => {
      const enrolment = createEnrolment({ store, bus: store.bus, audit, clock: timers, random });
      const tokens = await enrolment.tokens();
      if (context.values.json === true) {
        const list = tokens.map((token) => ({
          tokenId: token.id,
          site: token.site,
          audience: token.audience,
          createdAt: token.created_at,
          expiresAt: token.expires_at,
          uses: token.uses,
          used: token.used,
          withdrawnAt: token.withdrawn_at,
        }));
        context.print(JSON.stringify({ tokens: list }));
        return ok(undefined);
      }
      if (tokens.length === 0) context.print('No tokens yet. Make one with enrol-token.');
      for (const token of tokens) {
        const expires = new Date(token.expires_at).toISOString();
        const end = token.expires_at <= timers.now() ? 'expired' : 'expires';
        const state = token.withdrawn_at === null ? `${end} ${expires}` : 'withdrawn';
        const use = `used ${token.used} of ${token.uses}`;
        context.print(`${token.id}  ${printable(token.site)}  ${token.audience}  ${use}  ${state}`);
      }
      return ok(undefined);
    }),
};

export const withdrawTokenCommand: Command = {
  name: 'withdraw-token',
  usage: '--data DIR TOKEN-ID',
  summary: 'End a token before its time; devices it took in stay',
  options: {},
  positionals: { min: 1, max: 1 },
  async run(context) {
    const id = idSchema.safeParse(context.positionals[0]);
    if (!id.success) return err(usage('TOKEN-ID is the id that the enrol-tokens command shows'));
    return withSchool(context, async ({ store, audit, timers, random }) => {
      const enrolment = createEnrolment({ store, bus: store.bus, audit, clock: timers, random });
      if (!(await enrolment.withdraw(id.data)))
        return err(failed(`there is no token ${id.data} that is not withdrawn already`));
      context.print(`Token ${id.data} is withdrawn; it takes no further device in.`);
      return ok(undefined);
    });
  },
};

export const devicesCommand: Command = {
  name: 'devices',
  usage: '--data DIR [--json]',
  summary: 'List devices with what the server knows of them',
  options: { json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: (context) =>
    withSchool(context, async ({ store, audit, timers }) => {
      const devices = createDevices({ store, sequences: createSequences(), audit, clock: timers });
      const list = await devices.list();
      if (context.values.json === true) {
        context.print(JSON.stringify({ devices: list }));
        return ok(undefined);
      }
      if (list.length === 0) context.print('No devices yet. Make a token with enrol-token.');
      for (const device of list) {
        const seen = device.lastSeenAt === null ? 'never' : new Date(device.lastSeenAt).toISOString();
        const missing = device.gaps.reduce((count, gap) => count + gap.to - gap.from + 1, 0);
        const reason = device.revokedReason === null ? '' : `: ${printable(device.revokedReason)}`;
        const state = device.revokedAt === null ? '' : `  revoked${reason}`;
        context.print(
          `${device.id}  ${printable(device.machine)}  seen ${seen}  lacking ${missing} records${state}`,
        );
      }
      return ok(undefined);
    }),
};

export const revokeCommand: Command = {
  name: 'revoke',
  usage: '--data DIR DEVICE [--reason TEXT]',
  summary: 'Shut a device out; it keeps its records sealed and says so',
  options: { reason: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run(context) {
    const id = idSchema.safeParse(context.positionals[0]);
    if (!id.success) return err(usage('DEVICE is the id that the devices command shows'));
    return withSchool(context, async ({ store, audit, timers }) => {
      const devices = createDevices({ store, sequences: createSequences(), audit, clock: timers });
      const reason = text(context, 'reason')?.slice(0, 200) ?? null;
      if (!(await devices.revoke(id.data, { actor: 'command line', reason }))) {
        return err(failed(`there is no device ${id.data} that is not revoked already`));
      }
      context.print(`Device ${id.data} is revoked; its next request is refused.`);
      return ok(undefined);
    });
  },
};
