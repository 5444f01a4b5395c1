/*
 * What INIT and AWAKE have in common, the end of their payloads: time now; bytes entropy; bytes nextLinkKey;
 * u64 deadlineSeconds (PROTOCOL.md §4). Loop thread only.
 */
#ifndef CAISSON_ARRIVAL_H
#define CAISSON_ARRIVAL_H

#include "conn.h"

struct arrival {
    int64_t seconds;
    uint32_t nanoseconds;
    struct slice entropy;
    struct slice key; /* empty: keep the one there is */
    uint64_t deadline;
};

/* The reader is bad if it is malformed. */
void arrival_read(struct reader *reader, struct arrival *arrival);
/* Entropy, clock, key, deadline. `conn` is the one that brought it. */
void arrival_apply(struct conn *conn, const struct arrival *arrival);

#endif
