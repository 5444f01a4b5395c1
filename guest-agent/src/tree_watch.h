/*
 * One inotify instance over a folder or a tree: which descriptor is which folder, and how folders come and go. Used by
 * watch.c. Armed on a worker, used in the loop after that.
 */
#ifndef CAISSON_TREE_WATCH_H
#define CAISSON_TREE_WATCH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of PROTOCOL.md §7. */
enum event_kind {
    EVENT_CREATE = 1,
    EVENT_WRITE = 2,
    EVENT_REMOVE = 3,
    EVENT_RENAME = 4,
    EVENT_CHMOD = 5,
    EVENT_OVERFLOW = 6,
};

struct folder {
    int descriptor;
    char *path; /* below the root; empty for the root */
};

struct tree_watch {
    int fd; /* of inotify; non-blocking */
    bool recursive;
    char root[PATH_MAX];
    struct folder *folders; /* sorted by descriptor */
    size_t count;
    size_t capacity;
    /* A folder that was moved away, until its new name comes or the queue is empty. */
    char *moved;
    uint32_t moved_cookie;
};

/* Called for each event: its name below the root ("." for the root), never NULL. */
typedef void (*event_sink)(void *owner, enum event_kind kind, const char *name, uint32_t cookie);

/* Arms it. 0 or an errno. To be closed either way. */
int tree_watch_open(struct tree_watch *tree, const char *root, bool recursive);
void tree_watch_close(struct tree_watch *tree);
/* Reads a part of what the kernel has queued. False when there is nothing (more) at the moment. */
bool tree_watch_read(struct tree_watch *tree, event_sink sink, void *owner);

#endif
