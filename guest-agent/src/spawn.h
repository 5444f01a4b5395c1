/*
 * The request SPAWN: from its payload to a process in the table. Used by process.c's table; see launch.h for the start.
 */
#ifndef CAISSON_SPAWN_H
#define CAISSON_SPAWN_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "launch.h"

/* A SPAWN payload, taken apart. The strings lie in the payload. */
struct spawn_request {
    const char **arguments; /* [0] free, [1] the command, NULL at the end */
    const char **names;
    const char **values;
    uint32_t variables;
    const char *folder;
    const char *user;
    const char *tag; /* NULL: none */
    bool input;
    bool pty;
    uint16_t columns;
    uint16_t rows;
    struct limit limits[LIMITS_MAX];
    uint32_t limit_count;
};

/* False if it is malformed or memory ran out. To be freed either way. Also what the fuzzer calls. */
bool spawn_read(struct reader *reader, struct spawn_request *request);
void spawn_free(struct spawn_request *request);

#endif
