#include "relay.h"

#include <stdio.h>
#include <string.h>

void frame_decoder_init(frame_decoder *decoder) {
    decoder->header_used = 0;
    decoder->length = 0;
    decoder->body_used = 0;
}

static size_t smaller(size_t left, size_t right) {
    return left < right ? left : right;
}

static void finish_frame(frame_decoder *decoder, const frame_listener *listener) {
    if (decoder->length <= MAX_FRAME_BYTES) listener->on_frame(listener->context, decoder->body, decoder->length);
    frame_decoder_init(decoder);
}

void frame_decoder_push(frame_decoder *decoder, const uint8_t *bytes, size_t count, const frame_listener *listener) {
    while (count > 0) {
        if (decoder->header_used < HEADER_BYTES) {
            decoder->header[decoder->header_used++] = *bytes++;
            count--;
            if (decoder->header_used < HEADER_BYTES) continue;
            decoder->length = (uint32_t)decoder->header[0] | (uint32_t)decoder->header[1] << 8 |
                              (uint32_t)decoder->header[2] << 16 | (uint32_t)decoder->header[3] << 24;
            if (decoder->length > MAX_FRAME_BYTES) listener->on_oversized(listener->context, decoder->length);
            if (decoder->length == 0) finish_frame(decoder, listener);
            continue;
        }
        size_t taken = smaller(count, decoder->length - decoder->body_used);
        /* An oversized body is counted to its end and never stored. */
        if (decoder->length <= MAX_FRAME_BYTES) memcpy(decoder->body + decoder->body_used, bytes, taken);
        decoder->body_used += (uint32_t)taken;
        bytes += taken;
        count -= taken;
        if (decoder->body_used == decoder->length) finish_frame(decoder, listener);
    }
}

void frame_write_header(uint8_t header[HEADER_BYTES], uint32_t length) {
    header[0] = (uint8_t)length;
    header[1] = (uint8_t)(length >> 8);
    header[2] = (uint8_t)(length >> 16);
    header[3] = (uint8_t)(length >> 24);
}

static int is_origin_character(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || strchr(":/.@{}-_", character) != NULL;
}

size_t hello_write(char *out, size_t capacity, const char *origin, unsigned long browser_pid) {
    for (const char *character = origin; *character != '\0'; character++) {
        if (!is_origin_character(*character)) return 0;
    }
    int length = snprintf(out, capacity, "{\"kind\":\"hello\",\"version\":1,\"origin\":\"%s\",\"browserPid\":%lu}",
                          origin, browser_pid);
    return length > 0 && (size_t)length < capacity ? (size_t)length : 0;
}

const char *origin_from_arguments(int argc, char **argv) {
    static const char chromium[] = "chrome-extension://";
    for (int index = 1; index < argc; index++) {
        if (strncmp(argv[index], chromium, sizeof chromium - 1) == 0) return argv[index];
    }
    /* Firefox gives the path of the host's manifest, then the extension's id. */
    return argc >= 3 && strchr(argv[2], '@') != NULL ? argv[2] : "";
}
