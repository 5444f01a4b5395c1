/*
 * The link's deadline: a guest whose host is silent for too long stops what runs in it (PROTOCOL.md §4). Loop thread only.
 */
#ifndef CAISSON_DEADLINE_H
#define CAISSON_DEADLINE_H

#include "conn.h"

/* From now on; 0 for never. */
void deadline_set(uint64_t seconds);
/* An authenticated connection came: the count starts anew. */
void deadline_contact(void);

void deadline_request(struct conn *conn, struct reader *reader);

#endif
