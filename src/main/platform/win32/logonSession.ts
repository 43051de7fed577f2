import koffi from 'koffi';

/** The number of the logon session this process runs in: each signed-in person has their own. */
export function logonSession(): number {
  const kernel32 = koffi.load('kernel32.dll');
  const processIdToSessionId = kernel32.func(
    'int __stdcall ProcessIdToSessionId(uint32_t process, _Out_ uint32_t *session)',
  );
  const session: [number] = [0];
  processIdToSessionId(process.pid, session);
  return session[0];
}
