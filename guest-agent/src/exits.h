/*
 * Processes that have ended: their exits and last output, for those who attach late (contract/envd.md §2.4). Used by
 * process.c. Bounded in time, number and bytes.
 */
#ifndef CAISSON_EXITS_H
#define CAISSON_EXITS_H

#include "process.h"

/* Takes over a process that has left the table. */
void exit_remember(struct process *process);
/* The newest one that is meant, or NULL. */
struct process *exit_find(pid_t pid, const char *tag);
/* A new process takes the place of exits with its pid or tag. */
void exit_replaced_by(const struct process *process);

#endif
