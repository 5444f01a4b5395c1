/*
 * Joins a link connection to a socket of the guest: raw bytes both ways (PROTOCOL.md §8). Used by dial.c and serve.c.
 * Loop thread only.
 *
 * Holds: each direction ends on its own (half-close); a reset of one side resets the other, that of the guest's after what it said before; a side that does not take
 * its bytes makes the other wait, so a relay keeps at most one read's worth.
 */
#ifndef CAISSON_RELAY_H
#define CAISSON_RELAY_H

#include "conn.h"

/* Answers DONE, then hands the connection's bytes to `fd` and back. Owns both from here on. */
void relay_start(struct conn *conn, int fd);
/* Resets both sides of every one. */
void relay_end_all(void);

#endif
