import type { Disposable } from '#kernel';

/** The window in front, as the operating system tells it. */
export interface ForegroundWindow {
  /** The system's own window id (X11 window, HWND, CGWindowID), for the screenshot. */
  readonly windowId: number;
  readonly title: string;
  readonly appName: string;
  readonly appPath: string | null;
  readonly processId: number | null;
  /** In screen pixels; null where the system does not say. */
  readonly bounds: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  /** The URL, only where the system itself knows it (macOS). */
  readonly url: string | null;
}

/** What a window source sees: a window, nothing at all (empty desktop), or something it may not read. */
export type WindowReading =
  | { readonly kind: 'window'; readonly window: ForegroundWindow }
  | { readonly kind: 'nothing' }
  /** An elevated window, a UAC prompt, a hung program: it is there, but it cannot be read. */
  | { readonly kind: 'unknown'; readonly why: 'elevated' | 'hung' | 'secure_desktop' | 'unreadable' };

/** How well a source works; its code and message go to health as they are. */
export interface SourceHealth {
  readonly state: 'ok' | 'degraded' | 'failed';
  readonly code: string;
  readonly message: string;
}

/** The windows of the desktop. An adapter is event-driven where it can be and polls otherwise. */
export interface Windows {
  /**
   * True where changes arrive as events, so that watching an idle desktop costs next to nothing. A source
   * that must poll is stopped while nobody is there; one with events goes on, for films that play untouched.
   */
  readonly eventDriven?: boolean;
  /**
   * Starts watching. `onReading` gets the first reading and then each change; `onHealth` each change of
   * health. Neither throws into the adapter; no failure of the system ends the watch.
   */
  watch(listener: {
    onReading(reading: WindowReading): void;
    onHealth(health: SourceHealth): void;
  }): Disposable;
}
