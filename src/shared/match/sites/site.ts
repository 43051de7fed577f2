import { err, ok, type Result } from '#kernel';
import type { Site } from '../pack/pack.ts';
import { hostToAscii } from './punycode.ts';

/** Second-level registries under which anybody registers: a rule for one of them would match nearly everything. */
const REGISTRIES = new Set(
  'co.uk org.uk me.uk ltd.uk plc.uk net.uk ac.uk sch.uk gov.uk nhs.uk police.uk com.au net.au org.au edu.au co.nz org.nz co.za co.in co.jp ne.jp or.jp com.br com.cn com.tr com.mx com.ar com.sg com.hk com.pl co.kr co.il com.pk edu.pl'.split(
    ' ',
  ),
);
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Reads a site as people and lists write it: `Example.org`, `*.example.org`, `https://example.org/path/`.
 * Fails with a message where it is no domain, or so broad that it would match nearly everything.
 */
export function parseSite(text: string): Result<Site, string> {
  const bare = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^\*\./, '');
  const slash = bare.search(/[/?#]/);
  const authority = slash < 0 ? bare : bare.slice(0, slash);
  const rest = slash < 0 ? '' : bare.slice(slash);
  const host = hostToAscii(authority.replace(/:\d+$/, '').replace(/\.$/, ''));
  if (host === '') return err('there is no domain here');
  const labels = host.split('.');
  if (host.length > 253 || !labels.every((label) => LABEL.test(label)))
    return err(`\`${text.trim()}\` is not a domain`);
  if (labels.length < 2) return err(`\`${host}\` is no full domain and would match too much`);
  if (REGISTRIES.has(host))
    return err(`anybody can register under \`${host}\`, so it would match nearly everything`);
  if (rest.includes('*')) return err('a path is a plain beginning, without `*`');
  const path = rest.startsWith('/') ? rest.replace(/\/+$/, '') : rest === '' ? '' : `/${rest}`;
  return ok({ host: labels[0] === 'www' && labels.length > 2 ? host.slice(4) : host, path });
}
