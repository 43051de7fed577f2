/* Linux and macOS: a Unix socket in a folder that only its owner can enter. */
#define _GNU_SOURCE
#include "relay.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int agent_socket = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void (*thread_run)(void);

static int write_all(int file, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

static long read_some(int file, uint8_t *bytes, size_t capacity) {
    ssize_t count;
    do count = read(file, bytes, capacity);
    while (count < 0 && errno == EINTR);
    return (long)count;
}

long browser_read(uint8_t *bytes, size_t capacity) {
    return read_some(STDIN_FILENO, bytes, capacity);
}

int browser_write(const uint8_t *bytes, size_t count) {
    return write_all(STDOUT_FILENO, bytes, count);
}

/* Where the agent listens. The same rule stands in src/main/platform/relay/address.ts. */
static int socket_path(char *path, size_t capacity) {
#ifdef __APPLE__
    char folder[512];
    if (confstr(_CS_DARWIN_USER_TEMP_DIR, folder, sizeof folder) == 0) return -1;
    int length = snprintf(path, capacity, "%slapwing/relay.sock", folder);
#else
    const char *folder = getenv("XDG_RUNTIME_DIR");
    int length = folder != NULL && folder[0] == '/'
                     ? snprintf(path, capacity, "%s/lapwing/relay.sock", folder)
                     : snprintf(path, capacity, "/tmp/lapwing-%lu/relay.sock", (unsigned long)getuid());
#endif
    return length > 0 && (size_t)length < capacity ? 0 : -1;
}

static int is_own_process(int connection) {
#ifdef __APPLE__
    uid_t user;
    gid_t group;
    return getpeereid(connection, &user, &group) == 0 && user == getuid();
#else
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0 && peer.uid == getuid();
#endif
}

int agent_connect(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (socket_path(address.sun_path, sizeof address.sun_path) != 0) return -1;
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connection < 0) return -1;
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0 || !is_own_process(connection)) {
        close(connection);
        return -1;
    }
    agent_socket = connection;
    return 0;
}

long agent_read(uint8_t *bytes, size_t capacity) {
    return read_some(agent_socket, bytes, capacity);
}

int agent_write(const uint8_t *bytes, size_t count) {
    return write_all(agent_socket, bytes, count);
}

void agent_close(void) {
    close(agent_socket);
    agent_socket = -1;
}

unsigned long browser_process_id(void) {
    return (unsigned long)getppid();
}

void system_start(void) {
    signal(SIGPIPE, SIG_IGN);
}

void system_sleep_ms(unsigned milliseconds) {
    struct timespec rest = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000L};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {
    }
}

static void *run_thread(void *unused) {
    (void)unused;
    thread_run();
    return NULL;
}

int system_start_thread(void (*run)(void)) {
    pthread_t thread;
    pthread_attr_t attributes;
    thread_run = run;
    if (pthread_attr_init(&attributes) != 0) return -1;
    /* The default of 8 MB of stack a thread counts as the relay's memory; 64 kB is ample. */
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    return pthread_create(&thread, &attributes, run_thread, NULL) == 0 ? 0 : -1;
}

void system_lock(void) {
    pthread_mutex_lock(&lock);
}

void system_unlock(void) {
    pthread_mutex_unlock(&lock);
}
