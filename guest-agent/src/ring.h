/*
 * The last RING_BYTES of a process's output with their sources and absolute offsets. Used by process.c. Grows with use.
 */
#ifndef CAISSON_RING_H
#define CAISSON_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RING_BYTES = 65536, RING_SEGMENTS = 1024 };

/* Neighbouring bytes of one source; `end` is the absolute offset behind them. */
struct segment {
    uint64_t end;
    uint8_t source;
};

struct ring {
    uint8_t *bytes;
    size_t capacity;
    struct segment *segments;
    size_t segment_capacity;
    size_t first_segment;
    size_t segment_count;
    uint64_t start; /* offset of the oldest byte kept */
    uint64_t end;   /* bytes of output so far */
};

/* Remembers output of any length. Without memory it forgets instead. */
void ring_add(struct ring *ring, uint8_t source, const uint8_t *bytes, size_t length);
/* The bytes at `offset`, which must not be before `start`: how many follow each other from one source, 0 at the end. */
size_t ring_at(const struct ring *ring, uint64_t offset, uint8_t *source, const uint8_t **bytes);
/* Forgets the bytes, not the offsets. */
void ring_forget(struct ring *ring);

#endif
