/*
 * Which request is answered by what. Used by conn.c; the handlers live with their concern (process.c, files.c, …).
 */
#ifndef CAISSON_OPERATIONS_H
#define CAISSON_OPERATIONS_H

#include "conn.h"

enum { LINK_VERSION = 1 };
#define AGENT_VERSION "0.1.0"

/* Runs a request, at once or on a worker. The reader's bytes are valid during the call only. */
void operation_start(struct conn *conn, uint8_t type, struct reader *reader);

/* Answers INVALID for a payload that does not say what its type demands. */
void operation_malformed(struct conn *conn);

#endif
