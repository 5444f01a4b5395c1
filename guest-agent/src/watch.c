/*
 * Live watches and polled watchers. See watch.h.
 */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "entry.h"
#include "operations.h"
#include "paths.h"
#include "tree_watch.h"

#ifndef WATCHERS_MAX /* tests set less: a machine has only 128 or so for all of root's processes */
#define WATCHERS_MAX 256
#endif

enum { EVENTS_MAX = 4096, EVENT_BYTES_MAX = 2 << 20, ID_LENGTH = 21 };

struct watch {
    struct watch *next; /* polled ones */
    struct source source;
    struct tree_watch tree;
    struct owner_names names;
    bool entries;
    bool overflowed;
    /* Live: */
    struct conn *conn;
    /* Polled: */
    char id[ID_LENGTH + 1];
    struct buffer events; /* EVENT frames not fetched yet */
    uint32_t count;
};

static struct watch *watchers;

static void watch_free(void *argument) {
    struct watch *w = argument;
    tree_watch_close(&w->tree);
    buffer_free(&w->events);
    free(w);
}

/* Events that still say what is there now: not after a removal or a rename (contract/envd.md §5.4). */
static bool has_entry(enum event_kind kind) {
    return kind == EVENT_CREATE || kind == EVENT_WRITE || kind == EVENT_CHMOD;
}

static void put_event_entry(struct buffer *out, struct watch *w, const char *name) {
    char path[PATH_MAX];
    size_t length = strlen(w->tree.root) + strlen(name) + 2;
    struct buffer entry = {0};
    bool there = false;
    if (length <= sizeof path) {
        strcpy(path, w->tree.root);
        if (strcmp(name, ".") != 0) {
            size_t end = strlen(path);
            path[end] = '/';
            strcpy(path + end + (end > 0 && path[end - 1] == '/' ? 0 : 1), name);
        }
        there = entry_put(&entry, path, &w->names) == 0 && !entry.failed;
    }
    put_u8(out, there);
    if (there) {
        put_raw(out, buffer_front(&entry), entry.length);
    }
    buffer_free(&entry);
}

static void put_event(struct buffer *out, struct watch *w, enum event_kind kind, const char *name, uint32_t cookie) {
    size_t place = message_begin(out, FRAME_EVENT);
    put_string(out, name);
    put_u8(out, (uint8_t)kind);
    put_u32(out, cookie);
    if (w->entries && has_entry(kind)) {
        put_event_entry(out, w, name);
    } else {
        put_u8(out, 0);
    }
    message_end(out, place);
}

static void overflow(struct watch *w) {
    w->overflowed = true;
    source_remove(&w->source);
    tree_watch_close(&w->tree);
}

static void live_event(void *owner, enum event_kind kind, const char *name, uint32_t cookie) {
    struct watch *w = owner;
    if (w->overflowed) {
        return;
    }
    /* Bounded here and not by the kernel's queue: gVisor's has no end. */
    if (kind == EVENT_OVERFLOW || w->conn->out.length > EVENT_BYTES_MAX) {
        put_event(&w->conn->out, w, EVENT_OVERFLOW, ".", 0);
        overflow(w);
    } else {
        put_event(&w->conn->out, w, kind, name, cookie);
    }
}

static void live_ready(struct source *source, uint32_t events) {
    (void)events;
    struct watch *w = CONTAINER_OF(source, struct watch, source);
    struct conn *c = w->conn;
    while (!w->overflowed && tree_watch_read(&w->tree, live_event, w)) {
    }
    conn_touch(c);
    if (w->overflowed) {
        loop_later(watch_free, w);
        conn_finish(c);
    }
}

static void live_gone(struct conn *c) {
    struct watch *w = c->owner;
    source_remove(&w->source);
    loop_later(watch_free, w);
}

static const struct conn_calls LIVE = {.gone = live_gone};

static void polled_event(void *owner, enum event_kind kind, const char *name, uint32_t cookie) {
    struct watch *w = owner;
    if (w->overflowed) {
        return;
    }
    if (kind == EVENT_OVERFLOW || w->count >= EVENTS_MAX || w->events.length > EVENT_BYTES_MAX) {
        overflow(w);
        return;
    }
    put_event(&w->events, w, kind, name, cookie);
    w->count++;
    if (w->events.failed) {
        overflow(w);
    }
}

static void collect(struct watch *w) {
    while (!w->overflowed && tree_watch_read(&w->tree, polled_event, w)) {
    }
}

static void polled_ready(struct source *source, uint32_t events) {
    (void)events;
    collect(CONTAINER_OF(source, struct watch, source));
}

static bool is_network(const char *path) {
    /* contract/envd.md §5.3: NFS, CIFS, SMB, SMB2, FUSE. */
    static const uint32_t MAGIC[] = {0x6969, 0xFF534D42, 0x517B, 0xFE534D42, 0x65735546};
    struct statfs fs;
    if (statfs(path, &fs) < 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof MAGIC / sizeof *MAGIC; i++) {
        if ((uint32_t)fs.f_type == MAGIC[i]) {
            return true;
        }
    }
    return false;
}

static int check(const char *path, bool network) {
    struct stat stat_buffer;
    if (stat(path, &stat_buffer) < 0) {
        return errno;
    }
    if (!S_ISDIR(stat_buffer.st_mode)) {
        return ENOTDIR;
    }
    return !network && is_network(path) ? EOPNOTSUPP : 0;
}

static void refuse(struct conn *c, int error, const char *path) {
    if (error == EOPNOTSUPP) {
        conn_error(c, INVALID, error, "The folder is on a network file system, whose changes cannot all be seen; allow it in the request", path);
    } else {
        conn_errno(c, error, "Watch the folder", path);
    }
}

/* Arms a watch as the request says and has it installed in the loop. */
static void arm(struct conn *c, struct reader *r, void (*install)(struct conn *)) {
    struct actor actor;
    char path[PATH_MAX];
    struct watch *w = calloc(1, sizeof *w);
    if (!path_read(c, r, &actor, path)) {
        free(w);
        return;
    }
    bool recursive = read_bool(r);
    bool entries = read_bool(r);
    bool network = read_bool(r);
    if (r->bad || w == NULL) {
        operation_malformed(c);
        free(w);
        return;
    }
    int error = check(path, network);
    w->tree.fd = -1;
    w->entries = entries;
    error = error != 0 ? error : tree_watch_open(&w->tree, path, recursive);
    if (error != 0) {
        refuse(c, error, path);
        watch_free(w);
        return;
    }
    w->source.fd = -1;
    c->owner = w;
    c->installed = install;
}

static void install_live(struct conn *c) {
    struct watch *w = c->owner;
    if (c->state == CONN_DEAD) {
        watch_free(w);
        return;
    }
    w->conn = c;
    w->source.ready = live_ready;
    conn_take(c, CONN_BUSY, &LIVE, w);
    conn_done(c);
    source_sync(&w->source, w->tree.fd, EPOLLIN);
}

void watch_live(struct conn *c, struct reader *r) {
    arm(c, r, install_live);
}

/* "w" and 20 lowercase letters and digits (contract/envd.md §5.4). */
static void make_id(char id[ID_LENGTH + 1]) {
    static const char DIGITS[] = "abcdefghijklmnopqrstuvwxyz012345";
    uint8_t random[ID_LENGTH];
    auth_random(random, sizeof random);
    for (int i = 0; i < ID_LENGTH; i++) {
        id[i] = DIGITS[random[i] % (sizeof DIGITS - 1)];
    }
    id[0] = 'w';
    id[ID_LENGTH] = 0;
}

static size_t watcher_count(void) {
    size_t count = 0;
    for (const struct watch *w = watchers; w != NULL; w = w->next) {
        count++;
    }
    return count;
}

static void install_polled(struct conn *c) {
    struct watch *w = c->owner;
    if (c->state == CONN_DEAD || watcher_count() >= WATCHERS_MAX) {
        watch_free(w);
        if (c->state != CONN_DEAD) {
            conn_error(c, EXHAUSTED, EAGAIN, "Too many watchers; remove some first", "");
            conn_ready(c);
        }
        return;
    }
    make_id(w->id);
    w->source.ready = polled_ready;
    w->next = watchers;
    watchers = w;
    source_sync(&w->source, w->tree.fd, EPOLLIN);
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_string(&c->out, w->id);
    message_end(&c->out, place);
    conn_ready(c);
}

void watch_create(struct conn *c, struct reader *r) {
    arm(c, r, install_polled);
}

/* Reads a watcher's id; NULL (and answered) if there is none. */
static struct watch *read_watcher(struct conn *c, struct reader *r) {
    const char *id = read_string(r);
    if (r->bad) {
        operation_malformed(c);
        return NULL;
    }
    struct watch *w = watchers;
    while (w != NULL && strcmp(w->id, id) != 0) {
        w = w->next;
    }
    if (w == NULL) {
        conn_error(c, NOT_FOUND, 0, "There is no such watcher", "");
    }
    return w;
}

void watch_fetch(struct conn *c, struct reader *r) {
    struct watch *w = read_watcher(c, r);
    if (w == NULL) {
        return;
    }
    collect(w);
    if (w->events.length > 0) {
        put_raw(&c->out, buffer_front(&w->events), w->events.length);
    }
    buffer_free(&w->events);
    w->count = 0;
    if (w->overflowed) {
        put_event(&c->out, w, EVENT_OVERFLOW, ".", 0);
    }
    conn_done(c);
}

void watch_remove(struct conn *c, struct reader *r) {
    struct watch *w = read_watcher(c, r);
    if (w == NULL) {
        return;
    }
    struct watch **at = &watchers;
    while (*at != w) {
        at = &(*at)->next;
    }
    *at = w->next;
    source_remove(&w->source);
    loop_later(watch_free, w);
    conn_done(c);
}
