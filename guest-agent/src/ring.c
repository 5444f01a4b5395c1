/*
 * Remembered output. See ring.h. A byte with offset o lies at o % capacity; the capacity is a power of two.
 */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

void ring_forget(struct ring *ring) {
    free(ring->bytes);
    free(ring->segments);
    *ring = (struct ring){.start = ring->end, .end = ring->end};
}

static void copy_in(struct ring *ring, uint64_t offset, const uint8_t *bytes, size_t length) {
    size_t at = (size_t)(offset % ring->capacity);
    size_t first = ring->capacity - at < length ? ring->capacity - at : length;
    memcpy(ring->bytes + at, bytes, first);
    memcpy(ring->bytes, bytes + first, length - first);
}

/* Makes the ring large enough for `needed` bytes, RING_BYTES at most. */
static bool grow_bytes(struct ring *ring, size_t needed) {
    size_t capacity = ring->capacity == 0 ? 1024 : ring->capacity;
    while (capacity < needed && capacity < RING_BYTES) {
        capacity *= 2;
    }
    if (capacity == ring->capacity) {
        return true;
    }
    struct ring larger = *ring;
    larger.bytes = malloc(capacity);
    larger.capacity = capacity;
    if (larger.bytes == NULL) {
        return false;
    }
    uint8_t source;
    const uint8_t *bytes;
    for (uint64_t at = ring->start; at < ring->end;) {
        size_t count = ring_at(ring, at, &source, &bytes);
        copy_in(&larger, at, bytes, count);
        at += count;
    }
    free(ring->bytes);
    *ring = larger;
    return true;
}

static struct segment *segment(const struct ring *ring, size_t index) {
    return &ring->segments[(ring->first_segment + index) % ring->segment_capacity];
}

/* Drops whole segments that lie before `start`. */
static void drop_segments(struct ring *ring) {
    while (ring->segment_count > 0 && segment(ring, 0)->end <= ring->start) {
        ring->first_segment = (ring->first_segment + 1) % ring->segment_capacity;
        ring->segment_count--;
    }
}

static bool grow_segments(struct ring *ring) {
    if (ring->segment_count < ring->segment_capacity) {
        return true;
    }
    if (ring->segment_capacity == RING_SEGMENTS) {
        ring->start = segment(ring, 0)->end;
        drop_segments(ring);
        return true;
    }
    size_t capacity = ring->segment_capacity == 0 ? 8 : ring->segment_capacity * 2;
    struct segment *larger = malloc(capacity * sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    for (size_t i = 0; i < ring->segment_count; i++) {
        larger[i] = *segment(ring, i);
    }
    free(ring->segments);
    ring->segments = larger;
    ring->segment_capacity = capacity;
    ring->first_segment = 0;
    return true;
}

void ring_add(struct ring *ring, uint8_t source, const uint8_t *bytes, size_t length) {
    if (length == 0) {
        return;
    }
    if (length > RING_BYTES) {
        uint64_t end = ring->end + length - RING_BYTES;
        bytes += length - RING_BYTES;
        length = RING_BYTES;
        ring->start = ring->end = end;
        ring->segment_count = 0;
    }
    bool merges = ring->segment_count > 0 && segment(ring, ring->segment_count - 1)->source == source;
    if (!grow_bytes(ring, (size_t)(ring->end - ring->start) + length) || (!merges && !grow_segments(ring))) {
        ring->end += length;
        ring_forget(ring);
        return;
    }
    copy_in(ring, ring->end, bytes, length);
    ring->end += length;
    if (ring->end - ring->start > ring->capacity) {
        ring->start = ring->end - ring->capacity;
    }
    if (merges) {
        segment(ring, ring->segment_count - 1)->end = ring->end;
    } else {
        ring->segment_count++;
        *segment(ring, ring->segment_count - 1) = (struct segment){ring->end, source};
    }
    drop_segments(ring);
}

size_t ring_at(const struct ring *ring, uint64_t offset, uint8_t *source, const uint8_t **bytes) {
    for (size_t i = 0; i < ring->segment_count; i++) {
        const struct segment *s = segment(ring, i);
        if (offset < s->end) {
            size_t at = (size_t)(offset % ring->capacity);
            size_t count = (size_t)(s->end - offset);
            *source = s->source;
            *bytes = ring->bytes + at;
            return ring->capacity - at < count ? ring->capacity - at : count;
        }
    }
    return 0;
}
