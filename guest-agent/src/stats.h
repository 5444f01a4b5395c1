/*
 * STATS: counters of the guest as a whole (PROTOCOL.md §4). Runs on a worker.
 */
#ifndef CAISSON_STATS_H
#define CAISSON_STATS_H

#include "conn.h"

void stats_answer(struct conn *conn, struct reader *reader);

#endif
