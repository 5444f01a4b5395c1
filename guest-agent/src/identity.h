/*
 * Who the sandbox is: INIT and its environment, default user and folder (PROTOCOL.md §4).
 * Workers read the defaults, so those are locked; all else is for the loop thread.
 */
#ifndef CAISSON_IDENTITY_H
#define CAISSON_IDENTITY_H

#include <limits.h>

#include "conn.h"
#include "users.h"

/* Who acts, and where an empty path leads. */
struct actor {
    struct user user;
    char folder[PATH_MAX]; /* empty: home */
};

/* The user of a request, or the default one for an empty name. False if unknown (also worker). */
bool identity_actor(const char *name, struct actor *actor);
/* The same; answers UNAUTHENTICATED itself if unknown (also worker). */
bool identity_find(struct conn *conn, const char *name, struct actor *actor);
/* The environment of every process, as a payload map: u32 count, then pairs of str. */
const struct buffer *identity_environment(void);
/* Replaces the ids in it. False, and nothing done, if memory ran out. */
bool identity_rename(const char *sandbox_id, const char *template_id);

void identity_init(struct conn *conn, struct reader *reader);
void identity_list_environment(struct conn *conn, struct reader *reader);

#endif
