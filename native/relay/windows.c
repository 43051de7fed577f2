/* Windows: a named pipe of this logon session, spoken to only when its server runs as the same user. */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0601
#include "relay.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <tlhelp32.h>

static HANDLE agent_pipe = INVALID_HANDLE_VALUE;
/* Reading and writing overlap on one pipe, so each needs an event of its own. */
static HANDLE read_done;
static HANDLE write_done;
static CRITICAL_SECTION lock;
static void (*thread_run)(void);

long browser_read(uint8_t *bytes, size_t capacity) {
    DWORD count = 0;
    if (ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, (DWORD)capacity, &count, NULL)) return (long)count;
    return GetLastError() == ERROR_BROKEN_PIPE ? 0 : -1;
}

int browser_write(const uint8_t *bytes, size_t count) {
    while (count > 0) {
        DWORD written = 0;
        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, (DWORD)count, &written, NULL)) return -1;
        bytes += written;
        count -= written;
    }
    return 0;
}

typedef struct {
    BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
} user_of_process;

static int read_user(HANDLE process, user_of_process *user) {
    HANDLE token;
    DWORD size;
    if (!OpenProcessToken(process, TOKEN_QUERY, &token)) return -1;
    BOOL known = GetTokenInformation(token, TokenUser, user, sizeof *user, &size);
    CloseHandle(token);
    return known ? 0 : -1;
}

static int is_own_process(HANDLE pipe) {
    ULONG server_id;
    if (!GetNamedPipeServerProcessId(pipe, &server_id)) return 0;
    HANDLE server = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, server_id);
    if (server == NULL) return 0;
    user_of_process mine;
    user_of_process theirs;
    int own = read_user(server, &theirs) == 0 && read_user(GetCurrentProcess(), &mine) == 0 &&
              EqualSid(((TOKEN_USER *)&mine)->User.Sid, ((TOKEN_USER *)&theirs)->User.Sid);
    CloseHandle(server);
    return own;
}

int agent_connect(void) {
    DWORD session = 0;
    char name[64];
    if (!ProcessIdToSessionId(GetCurrentProcessId(), &session)) return -1;
    /* The same rule stands in src/main/platform/relay/address.ts. */
    snprintf(name, sizeof name, "\\\\.\\pipe\\lapwing-relay-%lu", (unsigned long)session);
    /* Identification only: a pipe that is not the agent's cannot act in this user's name. */
    HANDLE pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    if (pipe == INVALID_HANDLE_VALUE) return -1;
    if (!is_own_process(pipe)) {
        CloseHandle(pipe);
        return -1;
    }
    agent_pipe = pipe;
    return 0;
}

long agent_read(uint8_t *bytes, size_t capacity) {
    OVERLAPPED operation = {.hEvent = read_done};
    DWORD count = 0;
    if (!ReadFile(agent_pipe, bytes, (DWORD)capacity, NULL, &operation) && GetLastError() != ERROR_IO_PENDING) return -1;
    return GetOverlappedResult(agent_pipe, &operation, &count, TRUE) ? (long)count : -1;
}

int agent_write(const uint8_t *bytes, size_t count) {
    while (count > 0) {
        OVERLAPPED operation = {.hEvent = write_done};
        DWORD written = 0;
        if (!WriteFile(agent_pipe, bytes, (DWORD)count, NULL, &operation) && GetLastError() != ERROR_IO_PENDING) return -1;
        if (!GetOverlappedResult(agent_pipe, &operation, &written, TRUE)) return -1;
        bytes += written;
        count -= written;
    }
    return 0;
}

void agent_close(void) {
    CloseHandle(agent_pipe);
    agent_pipe = INVALID_HANDLE_VALUE;
}

/* Some browsers start their host through cmd.exe: then the browser is the parent's parent. */
unsigned long browser_process_id(void) {
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (snapshot == INVALID_HANDLE_VALUE) return 0;
    DWORD process = GetCurrentProcessId();
    DWORD parent = 0;
    for (int generation = 0; generation < 3; generation++) {
        PROCESSENTRY32 entry = {.dwSize = sizeof entry};
        char name[MAX_PATH] = "";
        parent = 0;
        for (BOOL more = Process32First(snapshot, &entry); more; more = Process32Next(snapshot, &entry)) {
            if (entry.th32ProcessID != process) continue;
            parent = entry.th32ParentProcessID;
            snprintf(name, sizeof name, "%s", entry.szExeFile);
            break;
        }
        if (generation > 0 && _stricmp(name, "cmd.exe") != 0) break;
        if (parent == 0) break;
        process = parent;
    }
    CloseHandle(snapshot);
    return process == GetCurrentProcessId() ? 0 : process;
}

void system_start(void) {
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    InitializeCriticalSection(&lock);
    read_done = CreateEventA(NULL, TRUE, FALSE, NULL);
    write_done = CreateEventA(NULL, TRUE, FALSE, NULL);
}

void system_sleep_ms(unsigned milliseconds) {
    Sleep(milliseconds);
}

static DWORD WINAPI run_thread(void *unused) {
    (void)unused;
    thread_run();
    return 0;
}

int system_start_thread(void (*run)(void)) {
    thread_run = run;
    HANDLE thread = CreateThread(NULL, 64 * 1024, run_thread, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (thread == NULL) return -1;
    CloseHandle(thread);
    return 0;
}

void system_lock(void) {
    EnterCriticalSection(&lock);
}

void system_unlock(void) {
    LeaveCriticalSection(&lock);
}
