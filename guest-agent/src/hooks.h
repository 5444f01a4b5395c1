/*
 * HOOKS: the guest's own programs in /etc/caisson/hooks, run when its sandbox is saved or goes on (PROTOCOL.md §4).
 */
#ifndef CAISSON_HOOKS_H
#define CAISSON_HOOKS_H

#include <sys/types.h>

#include "conn.h"

/* (worker) Looks which there are; they run in the loop. */
void hooks_request(struct conn *conn, struct reader *reader);
/* (loop) A child of the agent that is in no table has been reaped; from process.c. */
void hooks_ended(pid_t pid, int status);

#endif
