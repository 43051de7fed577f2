import { type IssuedIntakeKey, type Policy, policySchema } from '#contract';
import { createSigningKey, signPolicy } from '#seal';
import {
  createPolicyKeeper,
  type PolicyKeeper,
  type PolicyKeeperDeps,
} from '../../../src/main/policy/index.ts';
import type { Compilation, SourceHealth } from '../../../src/main/ports/index.ts';
import { createFakeFiles } from '../../fakes/files.ts';
import { createFakeLog } from '../../fakes/ports.ts';

const INTAKE: IssuedIntakeKey = { keyId: 'k1', publicKey: 'A'.repeat(43), version: 1 };

/** A policy whose "rules" are its version: schools called Broken have rules that are wrong. */
export function policy(version: number, name = 'Lapwing Primary'): Policy {
  return policySchema.parse({
    version,
    issuedAt: 1,
    school: { name, timeZone: 'Europe/London' },
    intakeKey: { ...INTAKE, keyId: `k${version}` },
    audience: 'KS2',
    rules: {},
    capture: {},
    outbox: {},
  });
}

type Compile = PolicyKeeperDeps<number>['compile'];

/** Schools called Unlucky have rules of which nobody can find out. */
export const compileAtOnce: Compile = async ({ version, school: { name } }) => {
  if (name === 'Broken') return { kind: 'wrong', reason: 'line 3, column 7: what?' };
  return name === 'Unlucky' ? { kind: 'failed' } : { kind: 'compiled', rules: version };
};

/** Compiles when it is told to; a newer policy takes the place of the one at work. */
export function createSlowCompile() {
  const begun: number[] = [];
  let end: ((became: Compilation<number>) => void) | null = null;
  const compile: Compile = ({ version }) => {
    end?.({ kind: 'superseded' });
    begun.push(version);
    return new Promise((resolve) => {
      end = resolve;
    });
  };
  const finish = (): void => end?.({ kind: 'compiled', rules: begun.at(-1) ?? 0 });
  return { compile, begun, finish };
}

/** A school that signs, and what a device's keeper did with what it was offered. */
export async function createPolicyWorld() {
  const school = await createSigningKey();
  const files = createFakeFiles();
  const applied: number[] = [];
  const keys: { readonly keyId: string; readonly overtaken: boolean }[] = [];
  const health = new Map<string, SourceHealth>();
  return {
    files,
    applied,
    keys,
    health,
    signed: (version: number, name?: string) => signPolicy(policy(version, name), school),
    createKeeper: (compile = compileAtOnce): PolicyKeeper =>
      createPolicyKeeper({
        files,
        policyKey: school.publicKey,
        compile,
        apply: (_policy, rules: number) => void applied.push(rules),
        onIntakeKey: ({ keyId }, { overtaken }) => void keys.push({ keyId, overtaken }),
        health: { report: (part, state) => void health.set(part, state) },
        log: createFakeLog(),
      }),
  };
}
