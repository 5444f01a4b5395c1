/*
 * READ and WRITE. See files.h.
 *
 * What a watcher of the folder sees is part of the contract (contract/envd.md §5.4): a new small file is CREATE, CHMOD,
 * WRITE, an overwritten one CHMOD, WRITE, WRITE. Hence the order here: create or open, always chown, truncate, then one
 * write per DATA frame.
 */
#include "files.h"

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

enum { BATCH_FRAMES = 4, METADATA_MAX = 1024 };

static const char METADATA_PREFIX[] = "user.e2b.";

/* A request on a file, resolved. Too large for a worker's stack together with all the rest. */
struct target {
    struct actor actor;
    char path[PATH_MAX];
};

static int open_to_read(const char *path, int *fd) {
    struct stat stat;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO without a writer is an empty file */
    if (*fd < 0) {
        return errno;
    }
    if (fstat(*fd, &stat) == 0 && !S_ISDIR(stat.st_mode)) {
        return 0;
    }
    close(*fd);
    return EISDIR;
}

/* Appends one DATA frame with at most `most` bytes of the file. How many; 0 at the end, -1 with errno. */
static ssize_t put_chunk(struct buffer *out, int fd, size_t most) {
    uint8_t *room = buffer_room(out, FRAME_HEADER + FRAME_PAYLOAD_MAX);
    if (room == NULL) {
        errno = ENOMEM;
        return -1;
    }
    ssize_t got = read(fd, room + FRAME_HEADER, most < FRAME_PAYLOAD_MAX ? most : FRAME_PAYLOAD_MAX);
    if (got > 0) {
        size_t place = message_begin(out, FRAME_DATA);
        buffer_added(out, (size_t)got);
        message_end(out, place);
    }
    return got;
}

/* Sends up to `left` bytes. 0 or an errno; the connection may be broken. */
static int send_content(struct conn *c, int fd, uint64_t left) {
    while (left > 0) {
        ssize_t got = 1;
        for (int i = 0; i < BATCH_FRAMES && left > 0 && got > 0; i++) {
            got = put_chunk(&c->out, fd, left < FRAME_PAYLOAD_MAX ? (size_t)left : FRAME_PAYLOAD_MAX);
            left -= got > 0 ? (uint64_t)got : 0;
        }
        if (got < 0 && errno != EINTR && errno != EAGAIN) {
            return errno;
        }
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            return 0;
        }
        if (left > 0 && !conn_flush_blocking(c)) {
            return 0;
        }
    }
    return 0;
}

static void read_opened(struct conn *c, const char *path, int fd, uint64_t offset, int64_t length) {
    struct owner_names names = {0};
    size_t place = message_begin(&c->out, FRAME_ENTRY);
    entry_put_open(&c->out, path, fd, &names);
    message_end(&c->out, place);
    int error = 0;
    if (offset > INT64_MAX || (offset > 0 && lseek(fd, (off_t)offset, SEEK_SET) < 0)) {
        error = EINVAL;
    }
    if (error == 0) {
        error = send_content(c, fd, length < 0 ? UINT64_MAX : (uint64_t)length);
    }
    if (error == 0) {
        conn_done(c);
    } else {
        conn_errno(c, error, "Read the file", path);
    }
}

void file_read(struct conn *c, struct reader *r) {
    struct target *t = calloc(1, sizeof *t);
    const char *user = read_string(r);
    const char *path = read_string(r);
    uint64_t offset = read_u64(r);
    int64_t length = read_i64(r);
    int fd;
    if (r->bad || t == NULL) {
        operation_malformed(c);
    } else if (identity_find(c, user, &t->actor) && path_resolve(c, &t->actor, path, t->path)) {
        int error = open_to_read(t->path, &fd);
        if (error != 0) {
            conn_errno(c, error, "Open the file for reading", t->path);
        } else {
            read_opened(c, t->path, fd, offset, length);
            close(fd);
        }
    }
    free(t);
}

/* Opens a file that exists: gives it to the user and empties it, but keeps its mode. */
static int open_existing(const char *path, const struct user *owner, int *fd) {
    struct stat stat;
    *fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0) {
        return errno;
    }
    if (fstat(*fd, &stat) == 0 && S_ISREG(stat.st_mode)
        && ((fchown(*fd, owner->uid, owner->gid) < 0 && geteuid() == 0) || ftruncate(*fd, 0) < 0)) {
        int error = errno;
        close(*fd);
        return error;
    }
    return 0;
}

static int open_to_write(const char *path, const struct user *owner, int *fd) {
    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (*fd < 0 && errno == EEXIST) {
        int error = open_existing(path, owner, fd);
        if (error != ENOENT) {
            return error;
        }
        *fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666); /* a link to nothing yet */
    }
    if (*fd < 0) {
        return errno;
    }
    if (fchown(*fd, owner->uid, owner->gid) < 0 && geteuid() == 0) {
        int error = errno;
        close(*fd);
        return error;
    }
    return 0;
}

static void remove_metadata(int fd) {
    ssize_t size = flistxattr(fd, NULL, 0);
    char *names = size <= 0 ? NULL : malloc((size_t)size + 1);
    size = names == NULL ? 0 : flistxattr(fd, names, (size_t)size);
    for (const char *at = names; size > 0 && at < names + size; at += strlen(at) + 1) {
        if (strncmp(at, METADATA_PREFIX, sizeof METADATA_PREFIX - 1) == 0) {
            fremovexattr(fd, at);
        }
    }
    free(names);
}

/* A metadata map in a request, checked. */
struct metadata {
    struct slice pairs;
    uint32_t count;
};

static void read_metadata(struct reader *r, struct metadata *m) {
    m->count = read_count(r, METADATA_MAX, 8);
    const uint8_t *start = r->at;
    for (uint32_t i = 0; i < m->count && !r->bad; i++) {
        struct slice key = read_bytes(r);
        read_bytes(r);
        r->bad = r->bad || key.length == 0 || memchr(key.bytes, 0, key.length) != NULL;
    }
    m->pairs = (struct slice){start, (size_t)(r->at - start)};
}

/* Replaces the metadata; 0 or an errno. A file system without attributes is fine (contract/envd.md §3.5). */
static int set_metadata(int fd, const struct metadata *m) {
    char name[256];
    struct reader r = {(uint8_t *)(uintptr_t)m->pairs.bytes, m->pairs.length, false};
    remove_metadata(fd);
    for (uint32_t i = 0; i < m->count; i++) {
        struct slice key = read_bytes(&r);
        struct slice value = read_bytes(&r);
        if (sizeof METADATA_PREFIX + key.length > sizeof name) {
            return EINVAL;
        }
        memcpy(name, METADATA_PREFIX, sizeof METADATA_PREFIX - 1);
        memcpy(name + sizeof METADATA_PREFIX - 1, key.bytes, key.length);
        name[sizeof METADATA_PREFIX - 1 + key.length] = 0;
        if (fsetxattr(fd, name, value.bytes, value.length, 0) < 0 && errno != EOPNOTSUPP) {
            return errno;
        }
    }
    return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/* Takes frames up to END; writes them unless fd is -1. 0, or the errno of a write (END is then still to come). */
static int receive_content(struct conn *c, int fd) {
    uint8_t type;
    uint8_t *payload;
    size_t length;
    while (conn_frame_blocking(c, &type, &payload, &length)) {
        if (type == FRAME_END && length == 0) {
            return 0;
        }
        if (type != FRAME_DATA || length == 0) {
            c->broken = true;
            return 0;
        }
        int error = fd < 0 ? 0 : write_all(fd, payload, length);
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

/* Returns whether an END is still to come. */
static bool write_opened(struct conn *c, const char *path, int fd, const struct metadata *m) {
    int error = set_metadata(fd, m);
    if (error == 0) {
        error = receive_content(c, fd);
    }
    if (error != 0) {
        conn_errno(c, error, "Write the file", path);
        return true;
    }
    if (!c->broken) {
        entry_answer(c, path);
    }
    return false;
}

/* Answers. Returns whether an END is still to come: the answer is an error that came before it. */
static bool write_file(struct conn *c, struct reader *r, struct target *t) {
    struct metadata m;
    int fd;
    const char *user = read_string(r);
    const char *path = read_string(r);
    read_metadata(r, &m);
    if (r->bad) {
        operation_malformed(c);
        return true;
    }
    if (!identity_find(c, user, &t->actor) || !path_resolve(c, &t->actor, path, t->path)) {
        return true;
    }
    int error = path_make_folders(t->path, &t->actor.user, false, NULL);
    error = error != 0 ? error : open_to_write(t->path, &t->actor.user, &fd);
    if (error != 0) {
        conn_errno(c, error, "Open the file for writing", t->path);
        return true;
    }
    bool pending = write_opened(c, t->path, fd, &m);
    close(fd);
    return pending;
}

void file_write(struct conn *c, struct reader *r) {
    struct target *t = calloc(1, sizeof *t);
    if (t == NULL) {
        c->broken = true;
        return;
    }
    if (write_file(c, r, t) && conn_flush_blocking(c)) {
        receive_content(c, -1);
    }
    free(t);
}
