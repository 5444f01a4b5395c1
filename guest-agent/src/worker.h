/*
 * Threads for what may block: files and folders. A worker gets a connection lent, answers into it, and the loop takes
 * it back.
 *
 * Holds: a lent connection belongs to its worker alone. Workers have small stacks; nothing they run may recurse or
 * keep large arrays there.
 */
#ifndef CAISSON_WORKER_H
#define CAISSON_WORKER_H

#include "conn.h"

typedef void (*operation)(struct conn *conn, struct reader *reader);

struct job;

/* 0, or -1 with errno. */
int worker_open(void);
/* Lends the connection for one request. It starts when conn.c calls worker_submit. */
void worker_prepare(struct conn *conn, operation run, const struct reader *reader);
void worker_submit(struct conn *conn);

#endif
