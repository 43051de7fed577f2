import type { Disposable } from '#kernel';
import type { Files, Log, SourceHealth, Timers, WindowReading, Windows } from '../../ports/index.ts';
import { createAdaptivePoll, createChangeGate, createRefresher } from '../common/index.ts';
import { createAskedBefore } from './askedBefore.ts';
import {
  type HelperAnswer,
  type HelperWindow,
  type MacPermission,
  type RunProgram,
  readHelperAnswer,
  runProgram,
} from './helper.ts';

type Deps = {
  readonly timers: Pick<Timers, 'after' | 'monotonic'>;
  readonly log: Pick<Log, 'warn'>;
  /** Whether the agent has a permission, asked without a prompt; null where the asking itself is not possible. */
  readonly hasPermission: ((permission: MacPermission) => boolean) | null;
  /** Tells when another program came to the front (an `NSWorkspace` notification); null where nobody tells. */
  readonly onProgramActivated: ((listener: () => void) => Disposable) | null;
  /** Where it is remembered that macOS was made to ask; null where nothing may be kept. */
  readonly dataFiles: Pick<Files, 'read' | 'writeAtomic'> | null;
  readonly run?: RunProgram;
};

/** The helper is never started more often than this, whatever changes. */
const PACE_MS = 1_000;
const POLL = { activeMs: 1_000, quietMs: 5_000, quietAfterMs: 60_000 };
/** A browser that does not answer the question for its address keeps the helper waiting. */
const HELPER_TIMEOUT_MS = 5_000;
/** The lock screen and fast user switching show windows of this program. */
const LOCK_SCREEN_BUNDLE = 'com.apple.loginwindow';

const FLAG_WITHOUT: Readonly<Record<MacPermission, string>> = {
  accessibility: '--no-accessibility-permission',
  screen_recording: '--no-screen-recording-permission',
};

const HEALTH = {
  ok: {
    state: 'ok',
    code: 'mac_ok',
    message: 'Windows and the addresses of supported browsers can be read.',
  },
  accessibility: {
    state: 'degraded',
    code: 'mac_no_accessibility',
    message:
      'Addresses cannot be read from browsers: allow Lapwing in System Settings › Privacy & Security › Accessibility.',
  },
  screen_recording: {
    state: 'degraded',
    code: 'mac_no_screen_recording',
    message:
      'Window titles cannot be read: allow Lapwing in System Settings › Privacy & Security › Screen & System Audio Recording, then restart it.',
  },
  both: {
    state: 'degraded',
    code: 'mac_no_permissions',
    message:
      'Only program names can be seen: allow Lapwing in System Settings › Privacy & Security, under Accessibility and under Screen & System Audio Recording, then restart it.',
  },
  missing: {
    state: 'failed',
    code: 'mac_helper_missing',
    message: 'The helper program that reads windows is missing or may not start. Install the agent again.',
  },
  timed_out: {
    state: 'degraded',
    code: 'mac_helper_slow',
    message: 'The helper that reads windows did not answer in time.',
  },
  crashed: {
    state: 'degraded',
    code: 'mac_helper_crashed',
    message: 'The helper that reads windows ended unexpectedly.',
  },
  garbled: {
    state: 'degraded',
    code: 'mac_helper_garbled',
    message: 'The helper that reads windows answered something unknown. Its version may not fit this macOS.',
  },
} satisfies Record<string, SourceHealth>;

/**
 * The window in front on macOS, by the helper program of `active-win`. A missing permission is asked for once in
 * the agent's life on this machine, by the helper's first call; then the helper is called without it and health says what is not seen, until
 * `hasPermission` says that it was given. No failure of the helper ends the watch.
 * @param options.helperPath The helper on the disk, outside the archive when packaged.
 */
export function createDarwinWindows(deps: Deps, options: { readonly helperPath: string }): Windows {
  const { timers, log, hasPermission, onProgramActivated, run = runProgram } = deps;
  const askedBefore = createAskedBefore(deps);

  return {
    watch(listener) {
      const gate = createChangeGate(listener);
      let without: Set<MacPermission> | null = null;

      async function ask(without: Set<MacPermission>): Promise<HelperAnswer> {
        for (const permission of without)
          if (hasPermission?.(permission) === true) without.delete(permission);
        const flags = [...without].map((permission) => FLAG_WITHOUT[permission]);
        return readHelperAnswer(await run(options.helperPath, flags, HELPER_TIMEOUT_MS));
      }

      async function look(): Promise<void> {
        without ??= new Set(await askedBefore.read());
        const answer = await ask(without);
        if (answer.kind === 'permission_missing') {
          if (without.has(answer.permission)) {
            // It was told to do without and still refuses: nothing more can be tried.
            gate.health(HEALTH.crashed);
            gate.reading({ kind: 'unknown', why: 'unreadable' });
            return;
          }
          without.add(answer.permission);
          await askedBefore.add(answer.permission);
          log.warn({ code: HEALTH[answer.permission].code }, 'a permission is missing');
          gate.health(healthWithout(without));
          refresher.request();
          return;
        }
        if (answer.kind === 'failed') gate.health(HEALTH[answer.code]);
        else gate.health(healthWithout(without));
        if (gate.reading(readingOf(answer))) poll.touch();
      }

      const refresher = createRefresher(
        timers,
        { paceMs: PACE_MS, slowestPaceMs: PACE_MS, onFailure: () => gate.health(HEALTH.crashed) },
        look,
      );
      const poll = createAdaptivePoll(timers, POLL, refresher.request);
      const activations = onProgramActivated?.(refresher.request);
      refresher.request();

      return {
        dispose() {
          gate.close();
          void activations?.dispose();
          void poll.dispose();
          void refresher.dispose();
        },
      };
    },
  };
}

function healthWithout(without: ReadonlySet<MacPermission>): SourceHealth {
  if (without.size === 2) return HEALTH.both;
  const [missing] = without;
  return missing === undefined ? HEALTH.ok : HEALTH[missing];
}

function readingOf(answer: Exclude<HelperAnswer, { kind: 'permission_missing' }>): WindowReading {
  if (answer.kind === 'nothing') return { kind: 'nothing' };
  if (answer.kind === 'failed')
    return { kind: 'unknown', why: answer.code === 'timed_out' ? 'hung' : 'unreadable' };
  if (answer.found.owner.bundleId === LOCK_SCREEN_BUNDLE) return { kind: 'unknown', why: 'secure_desktop' };
  return { kind: 'window', window: windowOf(answer.found) };
}

function windowOf({ id, title, owner, bounds, url }: HelperWindow) {
  return {
    windowId: id,
    title,
    appName: owner.name,
    appPath: owner.path || null,
    processId: owner.processId > 0 ? owner.processId : null,
    bounds,
    url: url || null,
  };
}
