/*
 * Descriptions of entries. See entry.h.
 */
#include "entry.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "paths.h"

enum { TYPE_OTHER = 0, TYPE_FILE = 1, TYPE_FOLDER = 2 };

static const char METADATA_PREFIX[] = "user.e2b.";
enum { METADATA_PREFIX_LENGTH = sizeof METADATA_PREFIX - 1 };

static uint8_t type_of(mode_t mode) {
    return S_ISREG(mode) ? TYPE_FILE : S_ISDIR(mode) ? TYPE_FOLDER : TYPE_OTHER;
}

/* One attribute as a map pair; left out if it cannot be read or is not UTF-8. True if it was put. */
static bool put_attribute(struct buffer *out, const char *path, const char *name) {
    const char *key = name + METADATA_PREFIX_LENGTH;
    ssize_t size = getxattr(path, name, NULL, 0);
    char *value = size < 0 ? NULL : malloc((size_t)size + 1);
    if (value == NULL) {
        return false;
    }
    size = getxattr(path, name, value, (size_t)size);
    bool good = size >= 0 && is_utf8((const uint8_t *)key, strlen(key)) && is_utf8((const uint8_t *)value, (size_t)size)
        && memchr(value, 0, (size_t)size) == NULL;
    if (good) {
        put_string(out, key);
        put_bytes(out, value, (size_t)size);
    }
    free(value);
    return good;
}

static void put_metadata(struct buffer *out, const char *path, bool any) {
    size_t hole = put_hole(out);
    ssize_t size = any ? listxattr(path, NULL, 0) : 0;
    char *names = size <= 0 ? NULL : malloc((size_t)size + 1);
    if (names == NULL) {
        return;
    }
    size = listxattr(path, names, (size_t)size);
    uint32_t count = 0;
    for (const char *at = names; size > 0 && at < names + size; at += strlen(at) + 1) {
        if (strncmp(at, METADATA_PREFIX, METADATA_PREFIX_LENGTH) == 0 && put_attribute(out, path, at)) {
            count++;
        }
    }
    put_u32_at(out, hole, count);
    free(names);
}

struct facts {
    struct stat own;    /* what size, owner and times come from */
    struct stat target; /* what type and mode come from; the same unless it is a link */
    bool link;
    bool broken;
};

static void put_facts(struct buffer *out, const char *path, const struct facts *f, struct owner_names *names) {
    char name[NAME_MAX + 1];
    path_name(path, name);
    owner_names(names, f->own.st_uid, f->own.st_gid);
    put_string(out, name);
    put_string(out, path);
    put_u8(out, f->broken ? TYPE_OTHER : type_of(f->target.st_mode));
    put_u8(out, f->link);
    put_u16(out, f->broken ? 0 : f->target.st_mode & 07777);
    put_u32(out, f->own.st_mode);
    put_u64(out, (uint64_t)f->own.st_size);
    put_string(out, names->user);
    put_string(out, names->group);
    put_u32(out, f->own.st_uid);
    put_u32(out, f->own.st_gid);
    put_u64(out, (uint64_t)f->own.st_mtim.tv_sec);
    put_u32(out, (uint32_t)f->own.st_mtim.tv_nsec);
}

static void put_target(struct buffer *out, const char *path, const struct facts *f) {
    char target[PATH_MAX];
    put_u8(out, f->link);
    if (f->link) {
        put_string(out, !f->broken && realpath(path, target) != NULL ? target : path);
    }
}

static void put_entry(struct buffer *out, const char *path, const struct facts *f, struct owner_names *names) {
    size_t hole = put_hole(out);
    put_facts(out, path, f, names);
    put_target(out, path, f);
    put_metadata(out, path, !f->broken);
    put_u32_at(out, hole, (uint32_t)buffer_since(out, hole) - 4);
}

int entry_put(struct buffer *out, const char *path, struct owner_names *names) {
    struct facts f = {0};
    if (lstat(path, &f.own) < 0) {
        return errno;
    }
    f.link = S_ISLNK(f.own.st_mode);
    f.target = f.own;
    f.broken = f.link && stat(path, &f.target) < 0;
    put_entry(out, path, &f, names);
    return 0;
}

void entry_answer(struct conn *c, const char *path) {
    struct owner_names names = {0};
    struct buffer entry = {0};
    int error = entry_put(&entry, path, &names);
    if (error != 0) {
        conn_errno(c, error, "Describe the entry", path);
    } else {
        size_t place = message_begin(&c->out, FRAME_DONE);
        put_raw(&c->out, buffer_front(&entry), entry.length);
        c->out.failed = c->out.failed || entry.failed;
        message_end(&c->out, place);
    }
    buffer_free(&entry);
}

int entry_put_open(struct buffer *out, const char *path, int fd, struct owner_names *names) {
    struct facts f = {0};
    struct stat own;
    if (fstat(fd, &f.own) < 0) {
        return errno;
    }
    f.link = lstat(path, &own) == 0 && S_ISLNK(own.st_mode);
    f.target = f.own;
    put_entry(out, path, &f, names);
    return 0;
}

bool entry_is_folder(const char *path) {
    struct stat own;
    return lstat(path, &own) == 0 && S_ISDIR(own.st_mode);
}
