/*
 * Tells programs that draw random numbers themselves that their machine was copied (PROTOCOL.md §4). A program asks for it
 * by a file in a folder that all may write to, so nothing there is believed. Only where the agent is PID 1. Loop thread only.
 */
#ifndef CAISSON_RESEED_H
#define CAISSON_RESEED_H

#include "conn.h"

/* Makes the folder where it is missing. */
void reseed_open(void);
/*
 * Signals every program that asked, and answers DONE when those that want to be waited for have said that they are ready, or
 * have had their time. Forgets those that have ended.
 */
void reseed_tell(struct conn *conn);

#endif
