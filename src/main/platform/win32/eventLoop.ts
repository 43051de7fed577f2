import type { WindowHandle } from './api.ts';
import { loadKoffi } from './native.ts';

/** Windows' own events, waited for on one thread, which must be the thread that made this. */
export interface EventLoop {
  readonly threadId: number;
  /** Waits until something happened or `maxWaitMs` passed, then runs what is queued. True: a change to look at. */
  wait(maxWaitMs: number): boolean;
  /** From now on, also tells of new titles of that window; 0 for none. True: it did not before, so look once more. */
  followTitle(window: WindowHandle, processId: number): boolean;
  nowMs(): number;
  close(): void;
}

const EVENT_SYSTEM_FOREGROUND = 0x0003;
const EVENT_SYSTEM_DESKTOPSWITCH = 0x0020;
const EVENT_OBJECT_NAMECHANGE = 0x800c;
const OBJID_WINDOW = 0;
const CHILDID_SELF = 0;
const WINEVENT_OUTOFCONTEXT = 0;
const ALL_PROCESSES = 0;
const ALL_THREADS = 0;
const QS_ALLINPUT = 0x04ff;
const MWMO_INPUTAVAILABLE = 0x0004;
const PM_REMOVE = 1;
const MESSAGE_BYTES = 48;
const DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2 = -4;

/**
 * Subscribes to changes of the foreground and to desktop switches. Title changes are asked for one program at
 * a time, that of the window in front: on a busy desktop thousands a second come from windows nobody looks at.
 * (Wine 8 refuses to narrow it to a thread; a program's windows are one thread's in practice.)
 * Throws where Windows refuses the hooks. Window places are read in physical pixels on every monitor.
 */
export function openEventLoop(): EventLoop {
  const koffi = loadKoffi();
  const user32 = koffi.load('user32.dll');
  const kernel32 = koffi.load('kernel32.dll');
  const callbackType = koffi.pointer(
    koffi.proto(
      'void __stdcall LapwingWindowEvent(void *hook, uint32_t event, intptr_t window, int32_t object, int32_t child, uint32_t thread, uint32_t time)',
    ),
  );
  const setWinEventHook = user32.func('__stdcall', 'SetWinEventHook', 'intptr_t', [
    'uint32_t',
    'uint32_t',
    'intptr_t',
    callbackType,
    'uint32_t',
    'uint32_t',
    'uint32_t',
  ]);
  const unhookWinEvent = user32.func('int __stdcall UnhookWinEvent(intptr_t hook)');
  const waitForMessages = user32.func(
    'uint32_t __stdcall MsgWaitForMultipleObjectsEx(uint32_t count, void *handles, uint32_t waitMs, uint32_t mask, uint32_t flags)',
  );
  const peekMessage = user32.func(
    'int __stdcall PeekMessageW(void *message, intptr_t window, uint32_t first, uint32_t last, uint32_t remove)',
  );
  const dispatchMessage = user32.func('intptr_t __stdcall DispatchMessageW(void *message)');
  const getCurrentThreadId = kernel32.func('uint32_t __stdcall GetCurrentThreadId()');
  const getTickCount64 = kernel32.func('uint64_t __stdcall GetTickCount64()');
  const setDpiAwareness = user32.func('intptr_t __stdcall SetThreadDpiAwarenessContext(intptr_t context)');
  setDpiAwareness(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2);

  const message = Buffer.alloc(MESSAGE_BYTES);
  let changed = false;
  let followedWindow: WindowHandle = 0;
  const callback = koffi.register(
    (_hook: bigint, event: number, window: WindowHandle, object: number, child: number) => {
      const isTitle = window === followedWindow && object === OBJID_WINDOW && child === CHILDID_SELF;
      if (event !== EVENT_OBJECT_NAMECHANGE || isTitle) changed = true;
    },
    callbackType,
  );
  const hook = (event: number, processId: number): number =>
    setWinEventHook(event, event, 0, callback, processId, ALL_THREADS, WINEVENT_OUTOFCONTEXT);
  const desktopHooks = [
    hook(EVENT_SYSTEM_FOREGROUND, ALL_PROCESSES),
    hook(EVENT_SYSTEM_DESKTOPSWITCH, ALL_PROCESSES),
  ];
  let titleHook = 0;
  let followedProcess = 0;

  function close(): void {
    for (const each of [...desktopHooks, titleHook]) if (each !== 0) unhookWinEvent(each);
    koffi.unregister(callback);
  }
  if (desktopHooks[0] === 0) {
    close();
    throw new Error('Windows refused the foreground hook');
  }

  return {
    threadId: getCurrentThreadId(),
    wait(maxWaitMs) {
      waitForMessages(0, null, maxWaitMs, QS_ALLINPUT, MWMO_INPUTAVAILABLE);
      while (peekMessage(message, 0, 0, 0, PM_REMOVE)) dispatchMessage(message);
      const result = changed;
      changed = false;
      return result;
    },
    followTitle(window, processId) {
      if (window === followedWindow && processId === followedProcess) return false;
      followedWindow = window;
      if (processId === followedProcess) return true;
      followedProcess = processId;
      if (titleHook !== 0) unhookWinEvent(titleHook);
      titleHook = processId === 0 ? 0 : hook(EVENT_OBJECT_NAMECHANGE, processId);
      return true;
    },
    nowMs: () => Number(getTickCount64()),
    close,
  };
}

/** Makes a thread that waits in an {@link EventLoop} look up. */
export function openWaker(): (threadId: number) => void {
  const postThreadMessage = loadKoffi()
    .load('user32.dll')
    .func(
      'int __stdcall PostThreadMessageW(uint32_t thread, uint32_t message, uintptr_t word, intptr_t long)',
    );
  return (threadId) => void postThreadMessage(threadId, 0, 0, 0);
}
