import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const tokens = readFileSync(new URL('../../src/ui/tokens.css', import.meta.url), 'utf8');

/** Both values of a colour token. */
function colour(name: string): { light: string; dark: string } {
  const match = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`no colour --${name}`);
  return { light: match[1], dark: match[2] };
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio, WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['paper', 'surface', 'sunken'] as const;
const texts = ['ink', 'muted', 'green', 'plum', 'critical', 'high', 'medium', 'low'] as const;

describe.each(['light', 'dark'] as const)('%s colours', (theme) => {
  test.each(texts)('%s reads on every ground (4.5)', (name) => {
    for (const ground of grounds) {
      expect(contrast(colour(name)[theme], colour(ground)[theme]), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(['plum-soft', 'green-soft'])('what is chosen (%s) still reads (4.5)', (ground) => {
    for (const name of texts) {
      expect(contrast(colour(name)[theme], colour(ground)[theme]), name).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('control borders stand out (3)', () => {
    for (const ground of ['paper', 'surface']) {
      expect(contrast(colour('control-line')[theme], colour(ground)[theme])).toBeGreaterThanOrEqual(3);
    }
  });

  test('marked words and the primary button read (4.5)', () => {
    expect(contrast(colour('on-mark')[theme], colour('mark')[theme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('on-green')[theme], colour('green')[theme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('on-green')[theme], colour('green-strong')[theme])).toBeGreaterThanOrEqual(4.5);
  });
});

test('no other style sheet names a colour', () => {
  const sheets = [
    'src/ui/base.css',
    ...['button', 'fields', 'notices', 'text'].map((name) => `src/ui/widgets/${name}.css`),
    ...['shell', 'signIn', 'queue', 'item', 'decide', 'devices'].map(
      (name) => `src/console/styles/${name}.css`,
    ),
    'src/renderer/shared/window.css',
    'src/renderer/report/report.css',
    'src/renderer/notice/notice.css',
  ];
  for (const sheet of sheets) {
    const text = readFileSync(new URL(`../../${sheet}`, import.meta.url), 'utf8');
    expect(text, sheet).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(|hsl|oklch/i);
  }
});
