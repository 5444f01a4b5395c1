/*
 * The link's encoding (PROTOCOL.md §1): numbers, strings, frames.
 *
 * Used by every part that reads a request or writes an answer. A reader never leaves its payload: after the first
 * breach it stays `bad` and yields zeros, so that callers check once, at the end. A buffer that could not grow stays
 * `failed`; its connection is closed instead of sending half an answer.
 */
#ifndef CAISSON_WIRE_H
#define CAISSON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_HEADER = 5,
    FRAME_PAYLOAD_MAX = 65536,
    MESSAGE_MAX = 4 << 20,
    OUTPUT_MAX = 32768,
};

enum frame_type {
    FRAME_PART = 0x00,
    FRAME_HELLO = 0x01,
    FRAME_AUTH = 0x02,
    FRAME_WELCOME = 0x03,
    FRAME_DONE = 0x10,
    FRAME_ERROR = 0x11,
    FRAME_DATA = 0x12,
    FRAME_END = 0x13,
    FRAME_PING = 0x20,
    FRAME_INIT = 0x21,
    FRAME_ENVIRONMENT = 0x22,
    FRAME_STATS = 0x23,
    FRAME_DEADLINE = 0x24,
    FRAME_RESOLVE = 0x25,
    FRAME_AWAKE = 0x26,
    FRAME_HOOKS = 0x27,
    FRAME_SPAWN = 0x30,
    FRAME_ATTACH = 0x31,
    FRAME_PROCESSES = 0x32,
    FRAME_SIGNAL = 0x33,
    FRAME_INPUT = 0x34,
    FRAME_CLOSE_INPUT = 0x35,
    FRAME_RESIZE = 0x36,
    FRAME_STAT = 0x40,
    FRAME_LIST = 0x41,
    FRAME_MAKE_FOLDER = 0x42,
    FRAME_MOVE = 0x43,
    FRAME_REMOVE = 0x44,
    FRAME_READ = 0x45,
    FRAME_WRITE = 0x46,
    FRAME_READ_LINK = 0x47,
    FRAME_LINK = 0x48,
    FRAME_CHANGE = 0x49,
    FRAME_ATTRIBUTES = 0x4a,
    FRAME_SET_ATTRIBUTE = 0x4b,
    FRAME_STARTED = 0x50,
    FRAME_OUTPUT = 0x51,
    FRAME_EXITED = 0x52,
    FRAME_PROCESS = 0x53,
    FRAME_ENTRIES = 0x54,
    FRAME_ENTRY = 0x55,
    FRAME_EVENT = 0x56,
    FRAME_INCOMING = 0x57,
    FRAME_WATCH = 0x60,
    FRAME_CREATE_WATCHER = 0x61,
    FRAME_WATCHER_EVENTS = 0x62,
    FRAME_REMOVE_WATCHER = 0x63,
    FRAME_DIAL = 0x70,
    FRAME_SERVE = 0x71,
    FRAME_ACCEPT = 0x72,
};

/* Reads one payload from front to back. The payload is changed by read_string. */
struct reader {
    uint8_t *at;
    size_t left;
    bool bad;
};

struct slice {
    const uint8_t *bytes;
    size_t length;
};

uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
int64_t read_i64(struct reader *r);
/* A u8 that must be 0 or 1. */
bool read_bool(struct reader *r);
/* Exactly `length` bytes; NULL (and bad) if there are fewer. */
const uint8_t *read_fixed(struct reader *r, size_t length);
struct slice read_bytes(struct reader *r);
/* Never NULL. Made NUL-terminated in place (it moves over its own length), so each string can be read once only. */
const char *read_string(struct reader *r);
/* A count of items; bad if above `most` or if the payload cannot hold that many of `item_least` bytes. */
uint32_t read_count(struct reader *r, uint32_t most, size_t item_least);

/* Bytes that grow at the end and are taken from the start. All zero is an empty one. */
struct buffer {
    uint8_t *bytes;
    size_t start;
    size_t length;
    size_t capacity;
    bool failed;
};

/* Room for `more` bytes behind the end; NULL if memory ran out. Follow with buffer_added. */
uint8_t *buffer_room(struct buffer *b, size_t more);
void buffer_added(struct buffer *b, size_t count);
const uint8_t *buffer_front(const struct buffer *b);
/* Takes `count` bytes from the front; gives the memory back when none are left. */
void buffer_take(struct buffer *b, size_t count);
void buffer_free(struct buffer *b);

void put_raw(struct buffer *b, const void *bytes, size_t length);
void put_u8(struct buffer *b, uint8_t value);
void put_u16(struct buffer *b, uint16_t value);
void put_u32(struct buffer *b, uint32_t value);
void put_u64(struct buffer *b, uint64_t value);
void put_bytes(struct buffer *b, const void *bytes, size_t length);
void put_string(struct buffer *b, const char *text);
/* A u32 that is set later by put_u32_at. Returns its place. */
size_t put_hole(struct buffer *b);
void put_u32_at(struct buffer *b, size_t place, uint32_t value);

/* Frames a message of any length up to MESSAGE_MAX: begin, put its payload, end (which splits it if it must). */
size_t message_begin(struct buffer *b, enum frame_type type);
void message_end(struct buffer *b, size_t place);

/* The bytes from `place` (as put_hole counts) to the end. */
size_t buffer_since(const struct buffer *b, size_t place);

/* Whether bytes are well-formed UTF-8. */
bool is_utf8(const uint8_t *bytes, size_t length);

#endif
