import { describe, expect, test } from 'vitest';
import { createMatcher, loadCompiled } from '#match';
import { compile, matchTitle, packOf, phraseRule } from './rules.ts';

function compiled(): Uint8Array {
  return compile({
    'p.yaml': packOf(phraseRule('want to (die|end it)', 'suicid*')),
    'l.list': '# lapwing-list: l\n# category: gambling\n# severity: low\nbet.example\n',
  });
}

describe('the compiled form', () => {
  test('is the same bytes for the same rules', () => {
    expect(compiled()).toEqual(compiled());
  });

  test('works where it lies, also off an 8-byte boundary', () => {
    const bytes = compiled();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const loaded = loadCompiled(shifted.subarray(3));
    if (!loaded.ok) throw new Error(loaded.error);
    expect(matchTitle(createMatcher(loaded.value), 'i want to end it').hits).toHaveLength(1);
  });

  test('one changed byte anywhere is refused', () => {
    const bytes = compiled();
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x40;
      expect(loadCompiled(damaged).ok, `byte ${at}`).toBe(false);
    }
  });

  test('a cut, longer or foreign block is refused', () => {
    const bytes = compiled();
    expect(loadCompiled(bytes.subarray(0, bytes.length - 8))).toEqual({ ok: false, error: 'damaged' });
    expect(loadCompiled(bytes.subarray(0, 20))).toEqual({ ok: false, error: 'not_rules' });
    expect(loadCompiled(new Uint8Array(0))).toEqual({ ok: false, error: 'not_rules' });
    expect(loadCompiled(new Uint8Array(4_096).fill(7))).toEqual({ ok: false, error: 'not_rules' });
  });

  test('another version is refused as such', () => {
    const old = compiled().slice();
    old[4] = 0;
    expect(loadCompiled(old)).toEqual({ ok: false, error: 'other_version' });
  });
});
