/*
 * LIST: a folder in preorder (PROTOCOL.md §6, contract/envd.md §5.3). See folders.h.
 *
 * Walks with a list of open levels on the heap (a worker's stack is small), reads the names of one folder at a time, and
 * sends as it goes.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "entry.h"
#include "folders.h"
#include "operations.h"
#include "paths.h"

/* One folder being listed: its sorted names, and how long the path is that leads to it. */
struct level {
    struct level *above;
    char **names;
    size_t count;
    size_t next;
    size_t path_length;
};

struct walk {
    struct conn *conn;
    struct level *level;
    uint32_t depth;
    uint32_t most;
    struct owner_names names;
    struct buffer entries; /* those of the next ENTRIES */
    uint32_t count;
    char path[PATH_MAX];
};

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int add_name(struct level *level, size_t *capacity, const char *name) {
    if (level->count == *capacity) {
        *capacity = *capacity == 0 ? 16 : *capacity * 2;
        char **larger = realloc(level->names, *capacity * sizeof *larger);
        if (larger == NULL) {
            return ENOMEM;
        }
        level->names = larger;
    }
    level->names[level->count] = strdup(name);
    return level->names[level->count++] == NULL ? ENOMEM : 0;
}

static int read_names(struct level *level, const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return errno;
    }
    size_t capacity = 0;
    int error = 0;
    const struct dirent *entry;
    while (error == 0 && (errno = 0, entry = readdir(folder)) != NULL) {
        error = is_dots(entry->d_name) ? 0 : add_name(level, &capacity, entry->d_name);
    }
    error = error != 0 ? error : errno;
    closedir(folder);
    if (error == 0 && level->count > 0) {
        qsort(level->names, level->count, sizeof *level->names, by_bytes);
    }
    return error;
}

static void leave(struct walk *w) {
    struct level *level = w->level;
    for (size_t i = 0; i < level->count; i++) {
        free(level->names[i]);
    }
    free(level->names);
    w->level = level->above;
    w->depth--;
    free(level);
}

/* Opens the folder at `path`. */
static int enter(struct walk *w) {
    struct level *level = calloc(1, sizeof *level);
    if (level == NULL) {
        return ENOMEM;
    }
    level->above = w->level;
    level->path_length = strlen(w->path);
    w->level = level;
    w->depth++;
    return read_names(level, w->path);
}

static bool send_entries(struct walk *w) {
    if (w->count == 0) {
        return true;
    }
    size_t place = message_begin(&w->conn->out, FRAME_ENTRIES);
    put_u32(&w->conn->out, w->count);
    put_raw(&w->conn->out, buffer_front(&w->entries), w->entries.length);
    message_end(&w->conn->out, place);
    w->conn->broken = w->conn->broken || w->entries.failed;
    buffer_take(&w->entries, w->entries.length);
    w->count = 0;
    return w->conn->out.length < FRAME_PAYLOAD_MAX || conn_flush_blocking(w->conn);
}

/* Puts a name behind the level's path. False if that is too long. */
static bool extend(struct walk *w, const char *name) {
    size_t at = w->level->path_length;
    size_t slash = at > 0 && w->path[at - 1] == '/' ? 0 : 1;
    size_t length = strlen(name);
    if (at + slash + length >= sizeof w->path) {
        return false;
    }
    w->path[at] = '/';
    memcpy(w->path + at + slash, name, length + 1);
    return true;
}

/* Describes the next name of the level and goes into it if it is a folder. 0 or an errno. */
static int visit(struct walk *w) {
    struct level *level = w->level;
    if (!extend(w, level->names[level->next++]) || entry_put(&w->entries, w->path, &w->names) != 0) {
        return 0; /* vanished meanwhile, or out of reach */
    }
    w->count++;
    if (w->entries.length > FRAME_PAYLOAD_MAX / 2 && !send_entries(w)) {
        return EPIPE;
    }
    if (w->depth >= w->most || !entry_is_folder(w->path)) {
        return 0;
    }
    int error = enter(w);
    if (error == ENOENT || error == ENOTDIR) {
        leave(w);
        return 0;
    }
    return error;
}

static int walk(struct walk *w) {
    int error = enter(w);
    while (error == 0 && w->level != NULL) {
        if (w->level->next < w->level->count) {
            error = visit(w);
        } else {
            leave(w);
        }
    }
    while (w->level != NULL) {
        leave(w);
    }
    return error;
}

static void list(struct walk *w) {
    char root[PATH_MAX];
    strcpy(root, w->path);
    int error = walk(w);
    if (w->conn->broken || !send_entries(w)) {
        return;
    }
    if (error == 0) {
        conn_done(w->conn);
    } else {
        conn_errno(w->conn, error, "List the folder", root);
    }
}

void folder_list(struct conn *c, struct reader *r) {
    struct actor actor;
    struct walk *w = calloc(1, sizeof *w);
    const char *user = read_string(r);
    const char *path = read_string(r);
    uint32_t depth = read_u32(r);
    if (r->bad || w == NULL) {
        operation_malformed(c);
    } else if (identity_find(c, user, &actor) && path_resolve(c, &actor, path, w->path)) {
        w->conn = c;
        w->most = depth == 0 ? 1 : depth;
        list(w);
        buffer_free(&w->entries);
    }
    free(w);
}
