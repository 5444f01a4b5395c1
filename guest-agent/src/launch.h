/*
 * Starts a program: the part between clone and exec. Used by process.c.
 *
 * Holds: the agent's memory is never copied (a full fork costs 5-9 ms under gVisor): the child runs on the agent's
 * memory while the calling thread waits for its exec, and makes raw system calls only.
 */
#ifndef CAISSON_LAUNCH_H
#define CAISSON_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct limit {
    uint8_t resource;
    uint64_t soft;
    uint64_t hard;
};

enum { LIMITS_MAX = 16 };

struct launch {
    /* [0] is kept free for an interpreter, [1] is the command, NULL at the end. */
    const char **arguments;
    const char **environment;
    const char *folder;
    const char *search; /* PATH of the child */
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t group_count;
    bool as_self; /* an agent that is not root changes no ids */
    struct limit limits[LIMITS_MAX];
    size_t limit_count;
    int standard[3];
    bool terminal; /* standard[0] becomes the controlling terminal */
};

/* Raises the agent's own limit of open files; children still get the one it was started with. */
void launch_open(void);

/*
 * The pid; or -1 with errno, `*folder_failed` telling whether it was the folder that could not be entered (errno then
 * is chdir's). A command that cannot be run is no error: the child says so on stderr and exits with 127 or 126.
 */
pid_t launch(const struct launch *launch, bool *folder_failed);

#endif
