/*
 * The environment of one process, put together in order: what is set later wins (contract/envd.md §2.3.4). Also keeps
 * what the agent took from its own environment at start. Loop thread only.
 */
#ifndef CAISSON_ENVIRONMENT_H
#define CAISSON_ENVIRONMENT_H

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct variable;

struct environment {
    struct variable *variables;
    size_t count;
    size_t capacity;
    const char **list;
    bool failed;
};

void environment_set(struct environment *environment, const char *name, const char *value);
/* All of a payload map. */
void environment_set_all(struct environment *environment, const struct buffer *map);
/* The value, or "". Valid until the next change. */
const char *environment_get(const struct environment *environment, const char *name);
/* NULL-terminated "NAME=value"s, valid until it is freed; NULL if memory ran out. */
const char **environment_list(struct environment *environment);
void environment_free(struct environment *environment);

/* Takes a variable of the agent's own environment and wipes it there, so that /proc/1/environ does not show it. */
bool environment_take_own(const char *name, char *value, size_t size);
/* PATH of every process. */
const char *environment_path(void);

#endif
