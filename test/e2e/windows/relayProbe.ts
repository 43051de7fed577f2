import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createTimers } from '../../../src/main/platform/node/index.ts';
import { encodeFrame } from '../../../src/main/platform/relay/frames.ts';
import { createRelayBrowserTabs, relayAddress } from '../../../src/main/platform/relay/index.ts';
import { logonSession } from '../../../src/main/platform/win32/index.ts';

/**
 * The agent's end of the relay in a Windows Node: starts the Windows relay as a browser does, says what a
 * browser would, and appends what arrives to a file. Ends when the relay has ended with its browser.
 */
const [outputPath = '', relayPath = '', origin = '', framesJson = '[]'] = process.argv.slice(2);
const tell = (value: object) => appendFileSync(outputPath, `${JSON.stringify(value)}\n`);
const frames: unknown[] = JSON.parse(framesJson);
const quiet = () => undefined;

const address = relayAddress({
  platform: 'win32',
  environment: {},
  userId: null,
  logonSession: logonSession(),
  darwinTempFolder: null,
});
const tabs = createRelayBrowserTabs(
  { timers: createTimers(), log: { info: quiet, warn: quiet } },
  { address, settings: { kind: 'settings', privateWindows: 'hide' } },
);
let told = 0;
const watching = tabs.watch({
  onTab(_browser, processId, tab) {
    tell({ processId, tab, own: process.pid });
    told += 1;
    // All frames have come: the browser closes.
    if (told === frames.length) relay.stdin.end();
  },
  onHealth: (_browser, health) => tell({ health: health.code }),
});

const relay = spawn(relayPath, [origin], { stdio: ['pipe', 'pipe', 'ignore'] });
const answers: Buffer[] = [];
relay.stdout.on('data', (bytes: Buffer) => answers.push(bytes));
for (const frame of frames) relay.stdin.write(encodeFrame(frame));
relay.on('exit', (code) => {
  tell({ relayEnded: code, answer: Buffer.concat(answers).subarray(4).toString('utf8') });
  void watching.dispose();
});
