/*
 * The browser's native-messaging host: a relay between a browser extension (stdin/stdout) and the
 * Lapwing agent of the same person and session (a Unix socket, or a named pipe on Windows).
 *
 * Both sides speak the browsers' framing: 32-bit little-endian length, then that many bytes.
 *
 * What must stay true:
 *   - Bytes from the browser reach only an agent that runs as the same user (peer credentials).
 *   - A frame larger than MAX_FRAME_BYTES is skipped to its end and reported, never stored.
 *   - The newest frame of the browser is kept, so that an agent that starts later, or again, learns
 *     at once what is in front; nothing older is kept.
 *   - The relay ends when the browser closes stdin, and never because the agent is absent.
 *   - No allocation after start, no file, no setting: argv and stdin are all the input there is.
 */
#ifndef LAPWING_RELAY_H
#define LAPWING_RELAY_H

#include <stddef.h>
#include <stdint.h>

#define MAX_FRAME_BYTES 65536u
#define HEADER_BYTES 4u
#define RECONNECT_MS 1000

/* ---- framing (frame.c): pure, fuzzed ---- */

typedef struct {
    uint8_t header[HEADER_BYTES];
    size_t header_used;
    uint32_t length;      /* of the frame being read, valid when the header is complete */
    uint32_t body_used;
    uint8_t body[MAX_FRAME_BYTES];
} frame_decoder;

typedef struct {
    void *context;
    /* A whole frame. The bytes are valid during the call only. */
    void (*on_frame)(void *context, const uint8_t *body, uint32_t length);
    /* A frame over the limit: called once, when its header has been read. */
    void (*on_oversized)(void *context, uint32_t length);
} frame_listener;

void frame_decoder_init(frame_decoder *decoder);

/* Takes any number of bytes in any cuts and calls the listener for each frame they complete. */
void frame_decoder_push(frame_decoder *decoder, const uint8_t *bytes, size_t count, const frame_listener *listener);

/* Writes the 4 header bytes of a frame of `length` bytes. */
void frame_write_header(uint8_t header[HEADER_BYTES], uint32_t length);

/*
 * Writes the relay's own first frame as JSON into `out` and gives its length, or 0 if it does not fit
 * or `origin` has a character that no extension origin has (so nothing needs escaping).
 */
size_t hello_write(char *out, size_t capacity, const char *origin, unsigned long browser_pid);

/* The extension's origin or id among the arguments a browser gives its host; "" where there is none. */
const char *origin_from_arguments(int argc, char **argv);

/* ---- the relay itself (relay.c) over one of the two systems (posix.c, windows.c) ---- */

/* Reads up to `capacity` bytes from the browser; 0 at its end, -1 on failure. */
long browser_read(uint8_t *bytes, size_t capacity);
/* Writes all bytes to the browser; -1 on failure. */
int browser_write(const uint8_t *bytes, size_t count);

/* Connects to the agent of this user and session; 0, or -1 where there is none or it is another user's. */
int agent_connect(void);
long agent_read(uint8_t *bytes, size_t capacity);
int agent_write(const uint8_t *bytes, size_t count);
/* Closes the connection; called by the thread that reads from it. */
void agent_close(void);

/* The process id of the browser that started us. */
unsigned long browser_process_id(void);
/* Prepares stdin and stdout for bytes. */
void system_start(void);
void system_sleep_ms(unsigned milliseconds);
/* Starts `run` on a second thread; -1 on failure. */
int system_start_thread(void (*run)(void));
void system_lock(void);
void system_unlock(void);

/* Relays until the browser ends; gives the process's exit code. */
int relay_run(int argc, char **argv);

#endif
