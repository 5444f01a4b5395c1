/*
 * Users and groups as /etc/passwd and /etc/group say (no NSS, so the agent needs no libraries of the guest). Used for
 * paths, owners and new processes. Safe on every thread; each call reads the files anew.
 */
#ifndef CAISSON_USERS_H
#define CAISSON_USERS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum { NAME_SIZE = 256, GROUPS_MAX = 256 };

struct user {
    uid_t uid;
    gid_t gid;
    char name[NAME_SIZE];
    char home[PATH_MAX];
};

/* By name, else by decimal uid. */
bool user_find(const char *name, struct user *user);
/* His group and all that list him as a member. Returns how many. */
size_t user_groups(const struct user *user, gid_t groups[GROUPS_MAX]);

/* Remembers the last answer, so that listing a folder reads the files once for each change of owner. */
struct owner_names {
    bool known;
    uid_t uid;
    gid_t gid;
    char user[NAME_SIZE];
    char group[NAME_SIZE];
};

/* Fills in names, or decimal ids where there is none. */
void owner_names(struct owner_names *names, uid_t uid, gid_t gid);
/* A name or decimal id to an id; false if unknown. */
bool owner_id(const char *name, bool group, unsigned *id);

#endif
