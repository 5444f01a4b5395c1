/*
 * Paths. See paths.h.
 */
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "operations.h"

/* Resolves "." and ".." and double slashes of an absolute path by its text, in place. */
static void clean(char *path) {
    char *out = path;
    for (const char *at = path; *at != 0;) {
        size_t length = strcspn(at + 1, "/");
        if (length == 2 && at[1] == '.' && at[2] == '.') {
            while (out > path && *--out != '/') {
            }
        } else if (length > 0 && !(length == 1 && at[1] == '.')) {
            memmove(out, at, length + 1);
            out += length + 1;
        }
        at += length + 1;
    }
    if (out == path) {
        *out++ = '/';
    }
    *out = 0;
}

/* False if it does not fit. */
static bool below(const char *folder, const char *path, char resolved[PATH_MAX]) {
    int length = snprintf(resolved, PATH_MAX, "%s/%s", folder, path);
    if (length >= PATH_MAX) {
        return false;
    }
    clean(resolved);
    return true;
}

static bool resolve(const struct actor *actor, const char *path, char resolved[PATH_MAX]) {
    const char *home = actor->user.home;
    if (*path == 0) {
        path = actor->folder;
    }
    if (*path == '/') {
        return snprintf(resolved, PATH_MAX, "%s", path) < PATH_MAX;
    }
    if (*path == 0 || strcmp(path, "~") == 0) {
        return snprintf(resolved, PATH_MAX, "%s", home) < PATH_MAX;
    }
    return below(home, strncmp(path, "~/", 2) == 0 ? path + 2 : path, resolved);
}

bool path_resolve(struct conn *c, const struct actor *actor, const char *path, char resolved[PATH_MAX]) {
    if (*path == '~' && path[1] != 0 && path[1] != '/') {
        conn_error(c, INVALID, 0, "Paths below another user's home (~name) are not supported; name the folder in full", "");
        return false;
    }
    if (!resolve(actor, path, resolved)) {
        conn_errno(c, ENAMETOOLONG, "Resolve the path", "");
        return false;
    }
    return true;
}

bool path_read(struct conn *c, struct reader *r, struct actor *actor, char resolved[PATH_MAX]) {
    const char *user = read_string(r);
    const char *path = read_string(r);
    if (r->bad) {
        operation_malformed(c);
        return false;
    }
    return identity_find(c, user, actor) && path_resolve(c, actor, path, resolved);
}

/* Makes or opens one folder below `parent`, which it closes. Returns the new descriptor, or -1 with errno. */
static int step(int parent, const char *name, const struct user *owner, bool *made) {
    *made = mkdirat(parent, name, 0755) == 0;
    int error = errno;
    int fd = -1;
    if (*made || error == EEXIST || error == EROFS || error == EACCES || error == EPERM) {
        fd = openat(parent, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (*made ? O_NOFOLLOW : 0));
        error = errno == ENOENT && !*made ? error : errno;
    }
    if (fd >= 0 && *made && fchownat(fd, "", owner->uid, owner->gid, AT_EMPTY_PATH) < 0 && geteuid() == 0) {
        error = errno;
        close(fd);
        fd = -1;
    }
    close(parent);
    errno = error;
    return fd;
}

int path_make_folders(const char *path, const struct user *owner, bool whole, bool *last_made) {
    char name[NAME_MAX + 1];
    bool made = false;
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (const char *at = path; fd >= 0;) {
        at += strspn(at, "/");
        size_t length = strcspn(at, "/");
        size_t after = strspn(at + length, "/");
        if (length == 0 || (!whole && at[length + after] == 0)) {
            break;
        }
        if (length > NAME_MAX) {
            close(fd);
            return ENAMETOOLONG;
        }
        memcpy(name, at, length);
        name[length] = 0;
        fd = step(fd, name, owner, &made);
        at += length;
    }
    if (fd < 0) {
        return errno;
    }
    close(fd);
    if (last_made != NULL) {
        *last_made = made;
    }
    return 0;
}

void path_name(const char *path, char *name) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && path[start - 1] != '/') {
        start--;
    }
    size_t length = end - start;
    if (length == 0) {
        strcpy(name, "/");
        return;
    }
    length = length > NAME_MAX ? NAME_MAX : length;
    memcpy(name, path + start, length);
    name[length] = 0;
}
