/*
 * SERVE and ACCEPT: ports of the guest that the host answers (PROTOCOL.md §8). Loop thread only.
 */
#ifndef CAISSON_SERVE_H
#define CAISSON_SERVE_H

#include "conn.h"

void serve_start(struct conn *conn, struct reader *reader);
void serve_accept(struct conn *conn, struct reader *reader);

#endif
