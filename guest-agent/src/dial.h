/*
 * DIAL: from the host to any TCP address of the guest (PROTOCOL.md §8). Loop thread only.
 */
#ifndef CAISSON_DIAL_H
#define CAISSON_DIAL_H

#include "conn.h"

void dial_start(struct conn *conn, struct reader *reader);

#endif
