import { loadKoffi } from './native.ts';

/** How Windows describes a session: `active` in front of a screen, on the console or by remote desktop. */
export interface WindowsSessionState {
  readonly connection: 'active' | 'away';
  /** Null where Windows does not say. */
  readonly locked: boolean | null;
}

/** The calls into Windows about the session and the machine. The promises never reject. */
export interface SessionApi {
  state(): Promise<WindowsSessionState | null>;
  /** Milliseconds since the last key or pointer input of this session. */
  idleMs(): number;
  /** `DOMAIN\user`, and the full name where the directory could be asked. */
  userName(kind: 'account' | 'display'): Promise<string | null>;
  /** The machine's SMBIOS table, as the firmware wrote it. */
  firmwareTable(): Buffer | null;
  /** A text value under `HKEY_LOCAL_MACHINE`. */
  registryText(key: string, name: string): string | null;
}

const WTS_CURRENT_SESSION = 0xffffffff;
const WTS_SESSION_INFO_EX = 25;
const WTS_ACTIVE = 0;
const WTS_SESSIONSTATE_LOCK = 0;
const WTS_SESSIONSTATE_UNLOCK = 1;
/** Offsets in WTSINFOEXW: level, padding, then the session's id, connection state and flags. */
const STATE_OFFSET = 12;
const FLAGS_OFFSET = 16;
const NAME_SAM_COMPATIBLE = 2;
const NAME_DISPLAY = 3;
const MAX_NAME_UNITS = 512;
const RSMB = 0x52534d42;
const HKEY_LOCAL_MACHINE = 0x80000002;
const RRF_RT_REG_SZ = 0x2;
const RRF_SUBKEY_WOW6464KEY = 0x10000;

/** Opens `wtsapi32`, `user32`, `kernel32`, `secur32` and `advapi32`. Throws where koffi or one of them is missing. */
export function openSessionApi(): SessionApi {
  const koffi = loadKoffi();
  const user32 = koffi.load('user32.dll');
  const kernel32 = koffi.load('kernel32.dll');
  const wtsapi32 = koffi.load('wtsapi32.dll');
  const secur32 = koffi.load('secur32.dll');
  const advapi32 = koffi.load('advapi32.dll');

  const querySession = wtsapi32.func(
    'int __stdcall WTSQuerySessionInformationW(intptr_t server, uint32_t session, int kind, _Out_ void **value, _Out_ uint32_t *bytes)',
  );
  const freeMemory = wtsapi32.func('void __stdcall WTSFreeMemory(void *memory)');
  const getLastInputInfo = user32.func('int __stdcall GetLastInputInfo(_Inout_ void *information)');
  const getTickCount = kernel32.func('uint32_t __stdcall GetTickCount()');
  const getUserNameEx = secur32.func(
    'uint8_t __stdcall GetUserNameExW(int format, void *name, _Inout_ uint32_t *units)',
  );
  const getFirmwareTable = kernel32.func(
    'uint32_t __stdcall GetSystemFirmwareTable(uint32_t provider, uint32_t table, void *buffer, uint32_t bytes)',
  );
  const regGetValue = advapi32.func(
    'int32_t __stdcall RegGetValueW(uintptr_t key, str16 subkey, str16 name, uint32_t flags, void *kind, void *value, _Inout_ uint32_t *bytes)',
  );

  return {
    state() {
      const value: (bigint | null)[] = [null];
      const bytes = [0];
      // The terminal service answers from another process, so it is asked on another thread.
      return new Promise((resolve) => {
        querySession.async(
          0,
          WTS_CURRENT_SESSION,
          WTS_SESSION_INFO_EX,
          value,
          bytes,
          (failure: unknown, done: number) => {
            const pointer = value[0];
            if (failure || !done || !pointer) {
              resolve(null);
              return;
            }
            const enough = (bytes[0] ?? 0) >= FLAGS_OFFSET + 4;
            const words: number[] = enough ? koffi.decode(pointer, 'uint32_t', FLAGS_OFFSET / 4 + 1) : [];
            freeMemory(pointer);
            resolve(enough ? sessionState(words) : null);
          },
        );
      });
    },
    idleMs() {
      const information = Buffer.alloc(8);
      information.writeUInt32LE(8, 0);
      if (!getLastInputInfo(information)) return 0;
      // Both are 32-bit tick counts that wrap after 49.7 days; so does their difference.
      return (getTickCount() - information.readUInt32LE(4)) >>> 0;
    },
    userName(kind) {
      const name = Buffer.alloc(MAX_NAME_UNITS * 2);
      const units = [MAX_NAME_UNITS];
      // A directory that cannot be reached keeps this call waiting.
      return new Promise((resolve) => {
        const format = kind === 'account' ? NAME_SAM_COMPATIBLE : NAME_DISPLAY;
        getUserNameEx.async(format, name, units, (failure: unknown, done: number) => {
          const text = failure || !done ? '' : name.toString('utf16le', 0, (units[0] ?? 0) * 2);
          resolve(text || null);
        });
      });
    },
    firmwareTable() {
      const bytes: number = getFirmwareTable(RSMB, 0, null, 0);
      if (bytes === 0) return null;
      const table = Buffer.alloc(bytes);
      return getFirmwareTable(RSMB, 0, table, bytes) === bytes ? table : null;
    },
    registryText(key, name) {
      const value = Buffer.alloc(MAX_NAME_UNITS * 2);
      const bytes = [value.length];
      const flags = RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY;
      if (regGetValue(HKEY_LOCAL_MACHINE, key, name, flags, null, value, bytes) !== 0) return null;
      return value.toString('utf16le', 0, bytes[0] ?? 0).replace(/\0.*$/s, '') || null;
    },
  };
}

function sessionState(words: readonly number[]): WindowsSessionState {
  const flags = words[FLAGS_OFFSET / 4];
  return {
    connection: words[STATE_OFFSET / 4] === WTS_ACTIVE ? 'active' : 'away',
    locked: flags === WTS_SESSIONSTATE_LOCK ? true : flags === WTS_SESSIONSTATE_UNLOCK ? false : null,
  };
}
