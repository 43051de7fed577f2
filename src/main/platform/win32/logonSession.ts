import { loadKoffi } from './native.ts';

/** The number of the logon session this process runs in: each signed-in person has their own. Null where Windows cannot be asked. */
export function logonSession(): number | null {
  try {
    const processIdToSessionId = loadKoffi()
      .load('kernel32.dll')
      .func('int __stdcall ProcessIdToSessionId(uint32_t process, _Out_ uint32_t *session)');
    const session: [number] = [0];
    return processIdToSessionId(process.pid, session) ? session[0] : null;
  } catch {
    return null;
  }
}
