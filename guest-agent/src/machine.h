/*
 * What INIT and AWAKE set in the guest as a whole: facts for its programs, host name, clock, random pool, machine id
 * (PROTOCOL.md §4). What its kernel or its disk refuses is skipped. Does nothing where the agent is not PID 1, for then
 * the machine is not its own: a test. Loop thread only.
 */
#ifndef CAISSON_MACHINE_H
#define CAISSON_MACHINE_H

#include <stdint.h>

#include "wire.h"

enum { ENTROPY_MAX = 256, HOSTNAME_MAX = 64 };

/* Whether this guest is the agent's. */
bool machine_is_ours(void);
/* The files below /run/e2b (contract/envd.md §6.1). */
void machine_write_facts(const char *sandbox_id, const char *template_id);
/* An empty name leaves it as it is. */
void machine_set_hostname(const char *name);
/* Sets the clock if it is more than 50 ms behind or more than 5 s ahead (contract/envd.md §3.3). */
void machine_set_clock(int64_t seconds, uint32_t nanoseconds);
/* ENTROPY_MAX bytes at most. */
void machine_add_entropy(const struct slice *entropy);
/* A new machine id where there is one, the same for the same entropy. */
void machine_renew_id(const struct slice *entropy);

#endif
