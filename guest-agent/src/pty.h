/*
 * Pseudo-terminals. Used by spawn.c.
 */
#ifndef CAISSON_PTY_H
#define CAISSON_PTY_H

#include <stdint.h>
#include <sys/types.h>

/* Opens a pair of that size, the terminal owned by `owner`. Returns the agent's end (non-blocking), or -1 with errno. */
int pty_open(uint16_t columns, uint16_t rows, uid_t owner, int *terminal);

#endif
