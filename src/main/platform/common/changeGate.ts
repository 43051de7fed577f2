import { boundText, MAX_TITLE_LENGTH } from '#contract';
import type { SourceHealth, WindowReading, Windows } from '../../ports/index.ts';

type Listener = Parameters<Windows['watch']>[0];

/** Lets only changes through, with well-formed titles of bounded length, and nothing at all once closed. */
export interface ChangeGate {
  /** True when the reading differed from the last one and was passed on. */
  reading(reading: WindowReading): boolean;
  health(health: SourceHealth): void;
  close(): void;
}

/** Stands between an adapter, which looks as often as it must, and a listener that wants each change once. */
export function createChangeGate(listener: Listener): ChangeGate {
  let lastReading: WindowReading | null = null;
  let lastHealthCode: string | null = null;
  let closed = false;

  return {
    reading(asRead) {
      const reading = bounded(asRead);
      if (closed || (lastReading !== null && sameReading(lastReading, reading))) return false;
      lastReading = reading;
      listener.onReading(reading);
      return true;
    },
    health(health) {
      if (closed || health.code === lastHealthCode) return;
      lastHealthCode = health.code;
      listener.onHealth(health);
    },
    close() {
      closed = true;
    },
  };
}

function bounded(reading: WindowReading): WindowReading {
  if (reading.kind !== 'window') return reading;
  return {
    kind: 'window',
    window: { ...reading.window, title: boundText(reading.window.title, MAX_TITLE_LENGTH) },
  };
}

function sameReading(a: WindowReading, b: WindowReading): boolean {
  if (a.kind === 'unknown' && b.kind === 'unknown') return a.why === b.why;
  if (a.kind !== 'window' || b.kind !== 'window') return a.kind === b.kind;
  const [one, other] = [a.window, b.window];
  return (
    one.windowId === other.windowId &&
    one.title === other.title &&
    one.url === other.url &&
    one.appName === other.appName &&
    one.appPath === other.appPath &&
    one.processId === other.processId &&
    one.bounds?.x === other.bounds?.x &&
    one.bounds?.y === other.bounds?.y &&
    one.bounds?.width === other.bounds?.width &&
    one.bounds?.height === other.bounds?.height
  );
}
