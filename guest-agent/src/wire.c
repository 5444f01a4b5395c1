/*
 * The link's encoding (PROTOCOL.md §1). See wire.h for who uses it and what holds. Also the subject of the fuzzer.
 */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

const uint8_t *read_fixed(struct reader *r, size_t length) {
    if (r->bad || r->left < length) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *at = r->at;
    r->at += length;
    r->left -= length;
    return at;
}

static uint64_t read_number(struct reader *r, size_t size) {
    const uint8_t *at = read_fixed(r, size);
    uint64_t value = 0;
    for (size_t i = 0; at != NULL && i < size; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

uint8_t read_u8(struct reader *r) {
    return (uint8_t)read_number(r, 1);
}

uint16_t read_u16(struct reader *r) {
    return (uint16_t)read_number(r, 2);
}

uint32_t read_u32(struct reader *r) {
    return (uint32_t)read_number(r, 4);
}

uint64_t read_u64(struct reader *r) {
    return read_number(r, 8);
}

int64_t read_i64(struct reader *r) {
    return (int64_t)read_number(r, 8);
}

bool read_bool(struct reader *r) {
    uint8_t value = read_u8(r);
    if (value > 1) {
        r->bad = true;
    }
    return value == 1;
}

struct slice read_bytes(struct reader *r) {
    size_t length = read_u32(r);
    const uint8_t *at = read_fixed(r, length);
    return (struct slice){at, at == NULL ? 0 : length};
}

const char *read_string(struct reader *r) {
    uint8_t *prefix = r->at;
    struct slice s = read_bytes(r);
    if (s.bytes == NULL || (s.length > 0 && memchr(s.bytes, 0, s.length) != NULL)) {
        r->bad = true;
        return "";
    }
    memmove(prefix, s.bytes, s.length);
    prefix[s.length] = 0;
    return (const char *)prefix;
}

uint32_t read_count(struct reader *r, uint32_t most, size_t item_least) {
    uint32_t count = read_u32(r);
    if (count > most || (item_least > 0 && count > r->left / item_least)) {
        r->bad = true;
        return 0;
    }
    return count;
}

static bool buffer_grow(struct buffer *b, size_t needed) {
    size_t capacity = b->capacity < 256 ? 256 : b->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    uint8_t *bytes = realloc(b->bytes, capacity);
    if (bytes == NULL) {
        b->failed = true;
        return false;
    }
    b->bytes = bytes;
    b->capacity = capacity;
    return true;
}

uint8_t *buffer_room(struct buffer *b, size_t more) {
    if (b->failed) {
        return NULL;
    }
    if (b->start > 0 && b->start + b->length + more > b->capacity) {
        memmove(b->bytes, b->bytes + b->start, b->length);
        b->start = 0;
    }
    if (b->length + more > b->capacity && !buffer_grow(b, b->length + more)) {
        return NULL;
    }
    return b->bytes + b->start + b->length;
}

void buffer_added(struct buffer *b, size_t count) {
    b->length += count;
}

const uint8_t *buffer_front(const struct buffer *b) {
    return b->bytes + b->start;
}

void buffer_take(struct buffer *b, size_t count) {
    b->start += count;
    b->length -= count;
    if (b->length == 0) {
        bool failed = b->failed;
        buffer_free(b);
        b->failed = failed;
    }
}

void buffer_free(struct buffer *b) {
    free(b->bytes);
    *b = (struct buffer){0};
}

void put_raw(struct buffer *b, const void *bytes, size_t length) {
    uint8_t *room = length == 0 ? NULL : buffer_room(b, length);
    if (room != NULL) {
        memcpy(room, bytes, length);
        buffer_added(b, length);
    }
}

static void store_number(uint8_t *at, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
}

static void put_number(struct buffer *b, uint64_t value, size_t size) {
    uint8_t bytes[8];
    store_number(bytes, value, size);
    put_raw(b, bytes, size);
}

void put_u8(struct buffer *b, uint8_t value) {
    put_number(b, value, 1);
}

void put_u16(struct buffer *b, uint16_t value) {
    put_number(b, value, 2);
}

void put_u32(struct buffer *b, uint32_t value) {
    put_number(b, value, 4);
}

void put_u64(struct buffer *b, uint64_t value) {
    put_number(b, value, 8);
}

void put_bytes(struct buffer *b, const void *bytes, size_t length) {
    put_u32(b, (uint32_t)length);
    put_raw(b, bytes, length);
}

void put_string(struct buffer *b, const char *text) {
    put_bytes(b, text, strlen(text));
}

size_t put_hole(struct buffer *b) {
    size_t place = b->length;
    put_u32(b, 0);
    return place;
}

void put_u32_at(struct buffer *b, size_t place, uint32_t value) {
    if (!b->failed) {
        store_number(b->bytes + b->start + place, value, 4);
    }
}

size_t buffer_since(const struct buffer *b, size_t place) {
    return b->failed ? 0 : b->length - place;
}

size_t message_begin(struct buffer *b, enum frame_type type) {
    size_t place = put_hole(b);
    put_u8(b, (uint8_t)type);
    return place;
}

/* Spreads a long payload into frames: the last keeps the type, those before become PART. Moves from the back to the front. */
static void message_split(struct buffer *b, size_t place, size_t length) {
    size_t extra = (length - 1) / FRAME_PAYLOAD_MAX;
    if (buffer_room(b, extra * FRAME_HEADER) == NULL) {
        return;
    }
    buffer_added(b, extra * FRAME_HEADER);
    uint8_t *frame = b->bytes + b->start + place;
    uint8_t type = frame[4];
    uint8_t *payload = frame + FRAME_HEADER;
    for (size_t part = extra + 1; part-- > 0;) {
        size_t from = part * FRAME_PAYLOAD_MAX;
        size_t count = part == extra ? length - from : FRAME_PAYLOAD_MAX;
        uint8_t *to = frame + part * (FRAME_PAYLOAD_MAX + FRAME_HEADER);
        memmove(to + FRAME_HEADER, payload + from, count);
        store_number(to, count, 4);
        to[4] = part == extra ? type : FRAME_PART;
    }
}

void message_end(struct buffer *b, size_t place) {
    if (b->failed) {
        return;
    }
    size_t length = b->length - place - FRAME_HEADER;
    if (length <= FRAME_PAYLOAD_MAX) {
        put_u32_at(b, place, (uint32_t)length);
    } else if (length <= MESSAGE_MAX) {
        message_split(b, place, length);
    } else {
        b->failed = true;
    }
}

/* Length of the sequence that a first byte opens, 0 if none; `low` and `high` bound its second byte (RFC 3629 §4). */
static size_t utf8_sequence(uint8_t first, uint8_t *low, uint8_t *high) {
    *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

bool is_utf8(const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length;) {
        uint8_t low, high;
        size_t size = utf8_sequence(bytes[i], &low, &high);
        if (size == 0 || length - i < size) {
            return false;
        }
        for (size_t k = 1; k < size; k++) {
            if (bytes[i + k] < (k == 1 ? low : 0x80) || bytes[i + k] > (k == 1 ? high : 0xbf)) {
                return false;
            }
        }
        i += size;
    }
    return true;
}
