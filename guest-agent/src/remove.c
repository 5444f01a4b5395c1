/*
 * REMOVE: a tree, never following links (PROTOCOL.md §6). See folders.h.
 *
 * Works on open folders, so that a link put in place of one while it is removed leads nowhere. One descriptor per level.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folders.h"
#include "operations.h"
#include "paths.h"

struct level {
    struct level *above;
    DIR *folder;
    char *name; /* in the folder above */
};

static int enter(struct level **levels, int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    struct level *level = calloc(1, sizeof *level);
    char *copy = strdup(name);
    DIR *folder = fdopendir(fd);
    if (level == NULL || copy == NULL || folder == NULL) {
        int error = errno;
        if (folder != NULL) {
            closedir(folder);
        } else {
            close(fd);
        }
        free(level);
        free(copy);
        return error;
    }
    *level = (struct level){*levels, folder, copy};
    *levels = level;
    return 0;
}

static void leave(struct level **levels) {
    struct level *level = *levels;
    *levels = level->above;
    closedir(level->folder);
    free(level->name);
    free(level);
}

/* Removes one name; a folder that is not empty is entered instead. */
static int remove_name(struct level **levels, int parent, const char *name) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) {
        return 0;
    }
    int error = errno;
    if (error != EISDIR && error != EPERM && error != EACCES) {
        return error;
    }
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
        return 0;
    }
    if (errno == ENOTDIR) {
        return error;
    }
    return errno == ENOTEMPTY || errno == EEXIST ? enter(levels, parent, name) : errno;
}

/* The folder's names are gone: removes it. What was made in it meanwhile is removed by another pass. */
static int remove_emptied(struct level **levels, int root) {
    struct level *level = *levels;
    int parent = level->above == NULL ? root : dirfd(level->above->folder);
    if (unlinkat(parent, level->name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
        leave(levels);
        return 0;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return errno;
    }
    rewinddir(level->folder);
    return 0;
}

static int remove_tree(const char *path) {
    struct level *levels = NULL;
    int error = remove_name(&levels, AT_FDCWD, path);
    while (error == 0 && levels != NULL) {
        errno = 0;
        const struct dirent *entry = readdir(levels->folder);
        if (entry == NULL) {
            error = errno != 0 ? errno : remove_emptied(&levels, AT_FDCWD);
        } else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            error = remove_name(&levels, dirfd(levels->folder), entry->d_name);
        }
    }
    while (levels != NULL) {
        leave(&levels);
    }
    return error;
}

void folder_remove(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    if (!path_read(c, r, &actor, path)) {
        return;
    }
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        path[--length] = 0; /* "link/" would be what the link points at */
    }
    int error = remove_tree(path);
    if (error != 0 && error != ENOTDIR) {
        conn_errno(c, error, "Remove the entry", path);
    } else {
        conn_done(c);
    }
}
