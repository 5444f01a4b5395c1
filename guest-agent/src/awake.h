/*
 * AWAKE: the sandbox goes on from a saved state (PROTOCOL.md §4). Loop thread only.
 */
#ifndef CAISSON_AWAKE_H
#define CAISSON_AWAKE_H

#include "conn.h"

void awake_request(struct conn *conn, struct reader *reader);

#endif
