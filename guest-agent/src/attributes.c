/*
 * Links and attributes. See attributes.h.
 */
#include "attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "entry.h"
#include "operations.h"
#include "paths.h"

void attribute_read_link(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    char target[PATH_MAX];
    if (!path_read(c, r, &actor, path)) {
        return;
    }
    ssize_t length = readlink(path, target, sizeof target);
    if (length < 0) {
        conn_errno(c, errno, "Read the link", path);
        return;
    }
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_bytes(&c->out, target, (size_t)length);
    message_end(&c->out, place);
}

static int make_link(struct conn *c, const struct actor *actor, const char *path, const char *target, bool hard) {
    char resolved[PATH_MAX];
    if (hard) {
        if (!path_resolve(c, actor, target, resolved)) {
            return -1;
        }
        return linkat(AT_FDCWD, resolved, AT_FDCWD, path, 0) < 0 ? errno : 0;
    }
    if (symlink(target, path) < 0) {
        return errno;
    }
    return lchown(path, actor->user.uid, actor->user.gid) < 0 && geteuid() == 0 ? errno : 0;
}

void attribute_link(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    const char *user = read_string(r);
    const char *at = read_string(r);
    const char *target = read_string(r);
    bool hard = read_bool(r);
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    if (!identity_find(c, user, &actor) || !path_resolve(c, &actor, at, path)) {
        return;
    }
    int error = path_make_folders(path, &actor.user, false, NULL);
    error = error != 0 ? error : make_link(c, &actor, path, target, hard);
    if (error > 0) {
        conn_errno(c, error, "Make the link", path);
    } else if (error == 0) {
        entry_answer(c, path);
    }
}

/* What CHANGE wants; ids are -1 and nanoseconds UTIME_OMIT where nothing is wanted. */
struct change {
    bool follow;
    bool has_mode;
    mode_t mode;
    unsigned uid;
    unsigned gid;
    struct timespec times[2];
    bool unknown_owner;
};

static unsigned read_owner(struct reader *r, bool group, bool *unknown) {
    unsigned id = UINT32_MAX;
    if (read_bool(r)) {
        const char *name = read_string(r);
        *unknown = *unknown || !owner_id(name, group, &id);
    }
    return id;
}

static struct timespec read_time(struct reader *r) {
    struct timespec time = {.tv_nsec = UTIME_OMIT};
    if (read_bool(r)) {
        time.tv_sec = (time_t)read_i64(r);
        uint32_t nanoseconds = read_u32(r);
        time.tv_nsec = (long)nanoseconds;
        r->bad = r->bad || nanoseconds >= 1000000000;
    }
    return time;
}

static void read_change(struct reader *r, struct change *change) {
    change->follow = read_bool(r);
    change->has_mode = read_bool(r);
    change->mode = change->has_mode ? read_u16(r) : 0;
    change->uid = read_owner(r, false, &change->unknown_owner);
    change->gid = read_owner(r, true, &change->unknown_owner);
    change->times[0] = read_time(r);
    change->times[1] = read_time(r);
    r->bad = r->bad || (change->mode & ~07777u) != 0;
}

/* Owner before mode: chown takes the set-user-id bit away. */
static int apply_change(const char *path, const struct change *change) {
    int flags = change->follow ? 0 : AT_SYMLINK_NOFOLLOW;
    bool owners = change->uid != UINT32_MAX || change->gid != UINT32_MAX;
    bool times = change->times[0].tv_nsec != UTIME_OMIT || change->times[1].tv_nsec != UTIME_OMIT;
    struct stat own;
    if (owners && fchownat(AT_FDCWD, path, change->uid, change->gid, flags) < 0) {
        return errno;
    }
    if (change->has_mode && !change->follow && lstat(path, &own) == 0 && S_ISLNK(own.st_mode)) {
        return EOPNOTSUPP;
    }
    if (change->has_mode && fchmodat(AT_FDCWD, path, change->mode, 0) < 0) {
        return errno;
    }
    return times && utimensat(AT_FDCWD, path, change->times, flags) < 0 ? errno : 0;
}

void attribute_change(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    struct change change = {0};
    const char *user = read_string(r);
    const char *at = read_string(r);
    read_change(r, &change);
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    if (!identity_find(c, user, &actor) || !path_resolve(c, &actor, at, path)) {
        return;
    }
    int error = change.unknown_owner ? EINVAL : apply_change(path, &change);
    if (error != 0) {
        conn_errno(c, error, change.unknown_owner ? "Find the new owner" : "Change the entry", path);
    } else {
        entry_answer(c, path);
    }
}

static ssize_t get_value(const char *path, const char *name, bool follow, void *value, size_t size) {
    return follow ? getxattr(path, name, value, size) : lgetxattr(path, name, value, size);
}

static bool put_attribute(struct buffer *out, const char *path, const char *name, bool follow) {
    ssize_t size = get_value(path, name, follow, NULL, 0);
    void *value = size < 0 ? NULL : malloc((size_t)size + 1);
    size = value == NULL ? -1 : get_value(path, name, follow, value, (size_t)size);
    if (size >= 0) {
        put_string(out, name);
        put_bytes(out, value, (size_t)size);
    }
    free(value);
    return size >= 0;
}

static int put_attributes(struct buffer *out, const char *path, bool follow) {
    ssize_t size = follow ? listxattr(path, NULL, 0) : llistxattr(path, NULL, 0);
    char *names = size < 0 ? NULL : malloc((size_t)size + 1);
    if (names == NULL) {
        return errno;
    }
    size = follow ? listxattr(path, names, (size_t)size) : llistxattr(path, names, (size_t)size);
    int error = size < 0 ? errno : 0;
    size_t hole = put_hole(out);
    uint32_t count = 0;
    for (const char *at = names; size > 0 && at < names + size; at += strlen(at) + 1) {
        count += put_attribute(out, path, at, follow) ? 1 : 0;
    }
    put_u32_at(out, hole, count);
    free(names);
    return error;
}

/* Reads the start that both attribute requests have. */
static bool read_path_and_follow(struct conn *c, struct reader *r, char path[PATH_MAX], bool *follow) {
    struct actor actor;
    bool good = path_read(c, r, &actor, path);
    *follow = read_bool(r);
    if (good && r->bad) {
        operation_malformed(c);
    }
    return good && !r->bad;
}

void attribute_list(struct conn *c, struct reader *r) {
    char path[PATH_MAX];
    bool follow;
    struct buffer attributes = {0};
    if (!read_path_and_follow(c, r, path, &follow)) {
        return;
    }
    int error = put_attributes(&attributes, path, follow);
    if (error != 0) {
        conn_errno(c, error, "List the attributes", path);
    } else {
        size_t place = message_begin(&c->out, FRAME_DONE);
        put_raw(&c->out, buffer_front(&attributes), attributes.length);
        c->out.failed = c->out.failed || attributes.failed;
        message_end(&c->out, place);
    }
    buffer_free(&attributes);
}

static int set_value(const char *path, const char *name, const struct slice *value, bool follow) {
    int result = follow ? setxattr(path, name, value->bytes, value->length, 0)
                        : lsetxattr(path, name, value->bytes, value->length, 0);
    return result < 0 ? errno : 0;
}

static int remove_value(const char *path, const char *name, bool follow) {
    return (follow ? removexattr(path, name) : lremovexattr(path, name)) < 0 ? errno : 0;
}

void attribute_set(struct conn *c, struct reader *r) {
    char path[PATH_MAX];
    bool follow;
    if (!read_path_and_follow(c, r, path, &follow)) {
        return;
    }
    const char *name = read_string(r);
    bool sets = read_bool(r);
    struct slice value = sets ? read_bytes(r) : (struct slice){0};
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    int error = sets ? set_value(path, name, &value, follow) : remove_value(path, name, follow);
    if (error != 0) {
        conn_errno(c, error, sets ? "Set the attribute" : "Remove the attribute", path);
    } else {
        conn_done(c);
    }
}
