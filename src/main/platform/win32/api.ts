import { type Koffi, loadKoffi } from './native.ts';

/** A window handle. Handles have 32 significant bits on every Windows, so a number holds them. */
export type WindowHandle = number;

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What could be learned of a process. `closed`: it may not be opened, or it has ended. */
export type ProcessFacts =
  | { readonly kind: 'found'; readonly path: string | null; readonly elevated: boolean | null }
  | { readonly kind: 'closed' };

/** The calls into Windows that reading a window takes. None of them sends a message, so none waits for a hung program. */
export interface WindowApi {
  foregroundWindow(): WindowHandle;
  /** The process that made the window; 0 where it is gone. */
  ownerProcess(window: WindowHandle): number;
  /** The title as the window manager keeps it; does not ask the program. At most `maxLength` UTF-16 units. */
  title(window: WindowHandle, maxLength: number): string;
  className(window: WindowHandle): string;
  owner(window: WindowHandle): WindowHandle;
  firstChild(window: WindowHandle, className: string): WindowHandle;
  /** The real window behind the stand-in ("Not Responding") that Windows shows for a hung one; 0 where unknown. */
  hungWindowBehind(ghost: WindowHandle): WindowHandle;
  bounds(window: WindowHandle): Rectangle | null;
  /** False while the lock screen, a UAC prompt or the sign-in screen covers the desktop. */
  ownDesktopIsShown(): boolean;
  process(processId: number): ProcessFacts;
  ownProcessIsElevated(): boolean;
  /** `FileDescription`, else `ProductName` of a program's version information; null where it has none. */
  productName(path: string): string | null;
}

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const TOKEN_QUERY = 0x8;
const TOKEN_ELEVATION = 20;
const GW_OWNER = 4;
const DESKTOP_READOBJECTS = 0x1;
const UOI_NAME = 2;
const DWMWA_EXTENDED_FRAME_BOUNDS = 9;
const MAX_PATH_UNITS = 32_768;
const MAX_CLASS_UNITS = 256;

/**
 * Opens `user32`, `kernel32`, `advapi32`, `dwmapi` and `version`. Signatures follow the Windows SDK headers.
 * Throws where koffi, a library or a function is missing.
 */
export function openWindowApi(): WindowApi {
  const koffi = loadKoffi();
  const user32 = koffi.load('user32.dll');
  const kernel32 = koffi.load('kernel32.dll');
  const advapi32 = koffi.load('advapi32.dll');
  const dwmapi = koffi.load('dwmapi.dll');

  const getForegroundWindow = user32.func('intptr_t __stdcall GetForegroundWindow()');
  const getWindowThreadProcessId = user32.func(
    'uint32_t __stdcall GetWindowThreadProcessId(intptr_t window, _Out_ uint32_t *processId)',
  );
  const internalGetWindowText = user32.func(
    'int __stdcall InternalGetWindowText(intptr_t window, void *text, int units)',
  );
  const getClassName = user32.func('int __stdcall GetClassNameW(intptr_t window, void *text, int units)');
  const getWindow = user32.func('intptr_t __stdcall GetWindow(intptr_t window, uint32_t relation)');
  const findWindowEx = user32.func(
    'intptr_t __stdcall FindWindowExW(intptr_t parent, intptr_t after, str16 className, str16 title)',
  );
  const getWindowRect = user32.func('int __stdcall GetWindowRect(intptr_t window, void *rectangle)');
  const openInputDesktop = user32.func(
    'intptr_t __stdcall OpenInputDesktop(uint32_t flags, int inherit, uint32_t access)',
  );
  const closeDesktop = user32.func('int __stdcall CloseDesktop(intptr_t desktop)');
  const getUserObjectInformation = user32.func(
    'int __stdcall GetUserObjectInformationW(intptr_t object, int index, void *text, uint32_t bytes, _Out_ uint32_t *needed)',
  );
  const hungWindowFromGhostWindow = optional(() =>
    user32.func('intptr_t __stdcall HungWindowFromGhostWindow(intptr_t ghost)'),
  );
  const dwmGetWindowAttribute = dwmapi.func(
    'int32_t __stdcall DwmGetWindowAttribute(intptr_t window, uint32_t attribute, void *value, uint32_t bytes)',
  );
  const openProcess = kernel32.func(
    'intptr_t __stdcall OpenProcess(uint32_t access, int inherit, uint32_t processId)',
  );
  const getCurrentProcess = kernel32.func('intptr_t __stdcall GetCurrentProcess()');
  const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t handle)');
  const queryFullProcessImageName = kernel32.func(
    'int __stdcall QueryFullProcessImageNameW(intptr_t process, uint32_t flags, void *text, _Inout_ uint32_t *units)',
  );
  const openProcessToken = advapi32.func(
    'int __stdcall OpenProcessToken(intptr_t process, uint32_t access, _Out_ intptr_t *token)',
  );
  const getTokenInformation = advapi32.func(
    'int __stdcall GetTokenInformation(intptr_t token, int kind, void *value, uint32_t bytes, _Out_ uint32_t *needed)',
  );
  const readProductName = openVersionInformation(koffi);

  // One buffer each, used again for every call: nothing is allocated while a program renames its window in a loop.
  const text = Buffer.alloc(MAX_PATH_UNITS * 2);
  const words = Buffer.alloc(16);

  function elevationOf(process: number): boolean | null {
    const token = [0];
    if (!openProcessToken(process, TOKEN_QUERY, token)) return null;
    try {
      return getTokenInformation(token[0], TOKEN_ELEVATION, words, 4, [0])
        ? words.readUInt32LE(0) !== 0
        : null;
    } finally {
      closeHandle(token[0]);
    }
  }

  function rectangle(): Rectangle {
    return {
      left: words.readInt32LE(0),
      top: words.readInt32LE(4),
      right: words.readInt32LE(8),
      bottom: words.readInt32LE(12),
    };
  }

  return {
    foregroundWindow: () => getForegroundWindow(),
    ownerProcess(window) {
      const processId = [0];
      getWindowThreadProcessId(window, processId);
      return processId[0] ?? 0;
    },
    title(window, maxLength) {
      const units: number = internalGetWindowText(window, text, Math.min(maxLength + 1, MAX_PATH_UNITS));
      return text.toString('utf16le', 0, units * 2);
    },
    className(window) {
      const units: number = getClassName(window, text, MAX_CLASS_UNITS);
      return text.toString('utf16le', 0, units * 2);
    },
    owner: (window) => getWindow(window, GW_OWNER),
    firstChild: (window, className) => findWindowEx(window, 0, className, null),
    hungWindowBehind: (ghost) => hungWindowFromGhostWindow?.(ghost) ?? 0,
    bounds(window) {
      if (dwmGetWindowAttribute(window, DWMWA_EXTENDED_FRAME_BOUNDS, words, words.length) === 0)
        return rectangle();
      return getWindowRect(window, words) ? rectangle() : null;
    },
    ownDesktopIsShown() {
      const desktop: number = openInputDesktop(0, 0, DESKTOP_READOBJECTS);
      if (desktop === 0) return false;
      try {
        const needed = [0];
        if (!getUserObjectInformation(desktop, UOI_NAME, text, 512, needed)) return true;
        return /^default\0?$/i.test(text.toString('utf16le', 0, needed[0] ?? 0));
      } finally {
        closeDesktop(desktop);
      }
    },
    process(processId) {
      const process: number = openProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, processId);
      if (process === 0) return { kind: 'closed' };
      try {
        const units = [MAX_PATH_UNITS];
        const named = queryFullProcessImageName(process, 0, text, units);
        return {
          kind: 'found',
          path: named ? text.toString('utf16le', 0, (units[0] ?? 0) * 2) : null,
          elevated: elevationOf(process),
        };
      } finally {
        closeHandle(process);
      }
    },
    ownProcessIsElevated: () => elevationOf(getCurrentProcess()) === true,
    productName: readProductName,
  };
}

function openVersionInformation(koffi: Koffi): (path: string) => string | null {
  const version = koffi.load('version.dll');
  const getSize = version.func(
    'uint32_t __stdcall GetFileVersionInfoSizeW(str16 path, _Out_ uint32_t *unused)',
  );
  const getInfo = version.func(
    'int __stdcall GetFileVersionInfoW(str16 path, uint32_t unused, uint32_t bytes, void *information)',
  );
  const query = version.func(
    'int __stdcall VerQueryValueW(void *information, str16 block, _Out_ void **value, _Out_ uint32_t *length)',
  );

  function value(information: Buffer, block: string): { pointer: bigint; length: number } | null {
    const pointer: (bigint | null)[] = [null];
    const length = [0];
    if (!query(information, block, pointer, length) || !pointer[0] || !length[0]) return null;
    return { pointer: pointer[0], length: length[0] };
  }

  return (path) => {
    const bytes: number = getSize(path, [0]);
    if (bytes === 0) return null;
    const information = Buffer.alloc(bytes);
    if (!getInfo(path, 0, bytes, information)) return null;
    const translation = value(information, '\\VarFileInfo\\Translation');
    const [language, codePage] =
      translation === null ? [0x0409, 0x04b0] : koffi.decode(translation.pointer, 'uint16_t', 2);
    const table = `${hex4(language)}${hex4(codePage)}`;
    for (const name of ['FileDescription', 'ProductName']) {
      const found = value(information, `\\StringFileInfo\\${table}\\${name}`);
      // The length counts the closing NUL where the resource compiler wrote one.
      const said =
        found === null ? '' : koffi.decode.string16(found.pointer, found.length).replace(/\0.*$/s, '').trim();
      if (said !== '') return said;
    }
    return null;
  };
}

function hex4(number: number): string {
  return number.toString(16).padStart(4, '0');
}

/** A function that some Windows versions do not have. */
function optional<Found>(find: () => Found): Found | null {
  try {
    return find();
  } catch {
    return null;
  }
}
