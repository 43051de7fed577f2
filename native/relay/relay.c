#include "relay.h"

#include <stdio.h>
#include <string.h>

/* Shared by the two threads, under the lock. */
static int connected;
static uint8_t newest[HEADER_BYTES + MAX_FRAME_BYTES];
static size_t newest_bytes;

static char hello[512];
static size_t hello_length;

static void send_frame_to_agent(const uint8_t *body, uint32_t length) {
    uint8_t header[HEADER_BYTES];
    frame_write_header(header, length);
    /* A failed write needs no care here: the reading thread sees the end and connects again. */
    if (agent_write(header, HEADER_BYTES) == 0) agent_write(body, length);
}

static void on_browser_frame(void *context, const uint8_t *body, uint32_t length) {
    (void)context;
    system_lock();
    frame_write_header(newest, length);
    memcpy(newest + HEADER_BYTES, body, length);
    newest_bytes = HEADER_BYTES + length;
    if (connected) agent_write(newest, newest_bytes);
    system_unlock();
}

static void on_browser_oversized(void *context, uint32_t length) {
    (void)context;
    char message[64];
    int bytes = snprintf(message, sizeof message, "{\"kind\":\"oversized\",\"bytes\":%lu}", (unsigned long)length);
    system_lock();
    if (connected) send_frame_to_agent((const uint8_t *)message, (uint32_t)bytes);
    system_unlock();
}

static void on_agent_frame(void *context, const uint8_t *body, uint32_t length) {
    (void)context;
    uint8_t header[HEADER_BYTES];
    frame_write_header(header, length);
    if (browser_write(header, HEADER_BYTES) == 0) browser_write(body, length);
}

static void on_agent_oversized(void *context, uint32_t length) {
    (void)context;
    (void)length;
}

/* Second thread: keeps a connection to the agent and passes its frames to the browser. */
static void keep_agent(void) {
    static frame_decoder decoder;
    static uint8_t bytes[4096];
    const frame_listener listener = {NULL, on_agent_frame, on_agent_oversized};
    for (;;) {
        if (agent_connect() != 0) {
            system_sleep_ms(RECONNECT_MS);
            continue;
        }
        system_lock();
        connected = 1;
        send_frame_to_agent((const uint8_t *)hello, (uint32_t)hello_length);
        if (newest_bytes > 0) agent_write(newest, newest_bytes);
        system_unlock();

        frame_decoder_init(&decoder);
        for (long count; (count = agent_read(bytes, sizeof bytes)) > 0;) {
            frame_decoder_push(&decoder, bytes, (size_t)count, &listener);
        }
        system_lock();
        connected = 0;
        agent_close();
        system_unlock();
        system_sleep_ms(RECONNECT_MS);
    }
}

int relay_run(int argc, char **argv) {
    static frame_decoder decoder;
    static uint8_t bytes[4096];
    const frame_listener listener = {NULL, on_browser_frame, on_browser_oversized};

    system_start();
    hello_length = hello_write(hello, sizeof hello, origin_from_arguments(argc, argv), browser_process_id());
    if (hello_length == 0) {
        fprintf(stderr, "lapwing-relay: the origin given by the browser is not one of an extension\n");
        return 2;
    }
    if (system_start_thread(keep_agent) != 0) {
        fprintf(stderr, "lapwing-relay: no second thread could be started\n");
        return 1;
    }
    frame_decoder_init(&decoder);
    long count;
    while ((count = browser_read(bytes, sizeof bytes)) > 0) {
        frame_decoder_push(&decoder, bytes, (size_t)count, &listener);
    }
    return count == 0 ? 0 : 1;
}
