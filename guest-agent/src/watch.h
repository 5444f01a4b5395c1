/*
 * Watching folders (PROTOCOL.md §7, contract/envd.md §5.4): live watches and polled watchers. The requests arrive on a
 * worker (arming may walk a large tree), everything later happens in the loop.
 */
#ifndef CAISSON_WATCH_H
#define CAISSON_WATCH_H

#include "conn.h"

/* (worker) */
void watch_live(struct conn *conn, struct reader *reader);
void watch_create(struct conn *conn, struct reader *reader);
/* (loop) */
void watch_fetch(struct conn *conn, struct reader *reader);
void watch_remove(struct conn *conn, struct reader *reader);

#endif
