/*
 * Paths of requests (PROTOCOL.md §3, contract/envd.md §5.1) and making their parents. Safe on every thread.
 */
#ifndef CAISSON_PATHS_H
#define CAISSON_PATHS_H

#include <limits.h>
#include <stdbool.h>

#include "identity.h"

/* Resolves a path. Answers INVALID itself (and returns false) for "~name" and for one that is too long. */
bool path_resolve(struct conn *conn, const struct actor *actor, const char *path, char resolved[PATH_MAX]);
/* Reads "str user; str path" of a request and resolves it; answers the error itself. */
bool path_read(struct conn *conn, struct reader *reader, struct actor *actor, char resolved[PATH_MAX]);

/*
 * Makes the folders above the last part of an absolute path, or all of it with `whole`; new ones are 0755 and belong to
 * the user. 0 or an errno; `*last_made` tells whether the last one is new. A link put in the way of a new folder is not
 * followed, so no stranger's file changes its owner.
 */
int path_make_folders(const char *path, const struct user *owner, bool whole, bool *last_made);

/* The part after the last slash, without trailing ones; "/" for the root. `name` has room for NAME_MAX + 1. */
void path_name(const char *path, char *name);

#endif
