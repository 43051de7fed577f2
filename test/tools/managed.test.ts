import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXTENSION_ID_CHROMIUM } from '#contract';
import { createManifest, managedSchema } from '../../src/extension/manifest.ts';
import { extensionSettings, TEMPLATE_OPTIONS } from '../../tools/managed/policies.ts';
import { renderManaged } from '../../tools/managed/render.ts';
import { projectFolder } from '../../tools/paths.ts';

describe('managed templates', () => {
  const templates = [...renderManaged(TEMPLATE_OPTIONS)];

  test.each(templates)('%s is committed as rendered', async (path, text) => {
    expect(await readFile(join(projectFolder, 'resources/managed', path), 'utf8')).toBe(text);
  });

  test('carry the addresses of a school', () => {
    const own = renderManaged({
      chromiumUpdateUrl: 'https://a.example/u.xml?x=1&y=2',
      firefoxInstallUrl: 'https://b.example/l.xpi',
      enrolmentToken: 'lapwing1.abc.def',
    });
    expect(own.get('macos/lapwing.mobileconfig')).toContain(
      '<key>EnrolmentToken</key>\n      <string>lapwing1.abc.def</string>',
    );
    expect(own.get('windows/lapwing.reg')).toContain('"EnrolmentToken"="lapwing1.abc.def"\r\n');
    expect(own.get('macos/chrome.mobileconfig')).toContain(
      '<string>https://a.example/u.xml?x=1&amp;y=2</string>',
    );
    expect(own.get('windows/edge.reg')).toContain('https://a.example/u.xml?x=1&y=2');
    expect(own.get('firefox/policies.json')).toContain('https://b.example/l.xpi');
  });

  test("the agent's profile is for the domain the agent reads", async () => {
    const builder = await readFile(join(projectFolder, 'electron-builder.yml'), 'utf8');
    const appId = /^appId: (\S+)$/m.exec(builder)?.[1];
    expect(renderManaged(TEMPLATE_OPTIONS).get('macos/lapwing.mobileconfig')).toContain(
      `<key>PayloadType</key>\n      <string>${appId}</string>`,
    );
  });

  test.each(['windows/edge.reg', 'windows/lapwing.reg'])(
    '%s is what the registry editor reads: CRLF, quoted, hexadecimal',
    (path) => {
      const text = renderManaged(TEMPLATE_OPTIONS).get(path) ?? '';
      const lines = text.split('\r\n');
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(lines[0]).toBe('Windows Registry Editor Version 5.00');
      for (const line of lines.slice(1)) {
        expect(line).toMatch(
          /^$|^\[HKEY_LOCAL_MACHINE\\.+\]$|^(@|"[\w]+")=(dword:[0-9a-f]{8}|"([^"\\]|\\.)*")$/,
        );
      }
    },
  );

  test('set only what the extension reads', () => {
    expect(Object.keys(extensionSettings)).toEqual(Object.keys(managedSchema.properties));
  });
});

describe('the extension manifest', () => {
  test.each(['chromium', 'firefox'] as const)('%s asks for the fewest permissions', (target) => {
    const manifest = createManifest(target, '1.2.3');
    expect(manifest.permissions).toEqual(['nativeMessaging', 'tabs', 'storage']);
    for (const key of [
      'host_permissions',
      'content_scripts',
      'optional_permissions',
      'externally_connectable',
      'web_accessible_resources',
    ]) {
      expect(manifest).not.toHaveProperty(key);
    }
  });

  test('the id in the contract follows from the key', () => {
    const key = Buffer.from(String(createManifest('chromium', '1.2.3').key), 'base64');
    const digits = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const letters = [...digits].map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]).join('');
    expect(letters).toBe(EXTENSION_ID_CHROMIUM);
  });
});
