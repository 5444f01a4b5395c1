/*
 * inotify over a tree. See tree_watch.h.
 */
#include "tree_watch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MASK = IN_CREATE | IN_MODIFY | IN_DELETE | IN_DELETE_SELF | IN_MOVED_TO | IN_MOVED_FROM | IN_MOVE_SELF | IN_ATTRIB,
    READ_SIZE = 16384,
    LATER_FOLDERS_MAX = 1000, /* looked at in the loop when a tree is moved in */
};

/* Where a descriptor is, or would have to be. */
static size_t place_of(const struct tree_watch *t, int descriptor) {
    size_t low = 0;
    size_t high = t->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->folders[middle].descriptor < descriptor) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct folder *find(const struct tree_watch *t, int descriptor) {
    size_t place = place_of(t, descriptor);
    return place < t->count && t->folders[place].descriptor == descriptor ? &t->folders[place] : NULL;
}

static bool grow(struct tree_watch *t) {
    if (t->count < t->capacity) {
        return true;
    }
    size_t capacity = t->capacity == 0 ? 4 : t->capacity * 2;
    struct folder *larger = realloc(t->folders, capacity * sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    t->folders = larger;
    t->capacity = capacity;
    return true;
}

/* Remembers that a descriptor is a folder; takes `path`. A folder known already gets its new path. */
static int remember(struct tree_watch *t, int descriptor, char *path) {
    struct folder *known = find(t, descriptor);
    if (known != NULL) {
        free(known->path);
        known->path = path;
        return 0;
    }
    if (!grow(t)) {
        free(path);
        return ENOMEM;
    }
    size_t place = place_of(t, descriptor);
    memmove(t->folders + place + 1, t->folders + place, (t->count - place) * sizeof *t->folders);
    t->folders[place] = (struct folder){descriptor, path};
    t->count++;
    return 0;
}

static void forget(struct tree_watch *t, int descriptor) {
    struct folder *known = find(t, descriptor);
    if (known != NULL) {
        free(known->path);
        size_t place = (size_t)(known - t->folders);
        t->count--;
        memmove(known, known + 1, (t->count - place) * sizeof *known);
    }
}

/* folder/name, or just name in the root. NULL without memory. */
static char *join(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        snprintf(path, size, "%s%s%s", folder, *folder == 0 ? "" : "/", name);
    }
    return path;
}

/* Watches a folder below the root; takes `path`. 0 or an errno. */
static int add(struct tree_watch *t, char *path) {
    char full[PATH_MAX];
    if (path == NULL) {
        return ENOMEM;
    }
    bool root = *path == 0;
    if (snprintf(full, sizeof full, "%s%s%s", t->root, root ? "" : "/", path) >= PATH_MAX) {
        free(path);
        return 0;
    }
    int descriptor = inotify_add_watch(t->fd, full, MASK | IN_ONLYDIR | (root ? 0u : IN_DONT_FOLLOW));
    if (descriptor < 0) {
        free(path);
        /* Gone, or a link or file by now: nothing to watch below the root. */
        return !root && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) ? 0 : errno;
    }
    return remember(t, descriptor, path);
}

static bool is_folder(const char *parent, const struct dirent *entry) {
    char full[PATH_MAX];
    struct stat stat;
    if (entry->d_type != DT_UNKNOWN) {
        return entry->d_type == DT_DIR;
    }
    return snprintf(full, sizeof full, "%s/%s", parent, entry->d_name) < PATH_MAX && lstat(full, &stat) == 0
        && S_ISDIR(stat.st_mode);
}

/* A list of folders still to be looked into. */
struct todo {
    char **paths;
    size_t count;
    size_t capacity;
};

static int push(struct todo *todo, char *path) {
    if (path != NULL && todo->count == todo->capacity) {
        size_t capacity = todo->capacity == 0 ? 16 : todo->capacity * 2;
        char **larger = realloc(todo->paths, capacity * sizeof *larger);
        if (larger == NULL) {
            free(path);
            return ENOMEM;
        }
        todo->paths = larger;
        todo->capacity = capacity;
    }
    if (path == NULL) {
        return ENOMEM;
    }
    todo->paths[todo->count++] = path;
    return 0;
}

/* Watches the folders in a folder and puts them on the list. */
static int add_children(struct tree_watch *t, const char *path, struct todo *todo) {
    char full[PATH_MAX];
    if (snprintf(full, sizeof full, "%s/%s", t->root, path) >= PATH_MAX) {
        return 0;
    }
    DIR *folder = opendir(full);
    const struct dirent *entry;
    int error = 0;
    while (folder != NULL && error == 0 && (entry = readdir(folder)) != NULL) {
        bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!dots && is_folder(full, entry)) {
            error = add(t, join(path, entry->d_name));
            error = error != 0 ? error : push(todo, join(path, entry->d_name));
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return error;
}

/* Watches a folder and all below it. */
static int add_tree(struct tree_watch *t, const char *path, size_t most) {
    struct todo todo = {0};
    int error = add(t, strdup(path));
    error = error != 0 ? error : push(&todo, strdup(path));
    for (size_t looked = 0; error == 0 && todo.count > 0 && looked < most; looked++) {
        char *next = todo.paths[--todo.count];
        error = add_children(t, next, &todo);
        free(next);
    }
    while (todo.count > 0) {
        free(todo.paths[--todo.count]);
    }
    free(todo.paths);
    return error;
}

int tree_watch_open(struct tree_watch *t, const char *root, bool recursive) {
    *t = (struct tree_watch){.recursive = recursive};
    snprintf(t->root, sizeof t->root, "%s", root);
    t->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (t->fd < 0) {
        return errno;
    }
    return recursive ? add_tree(t, "", SIZE_MAX) : add(t, strdup(""));
}

void tree_watch_close(struct tree_watch *t) {
    if (t->fd >= 0) {
        close(t->fd);
        t->fd = -1;
    }
    for (size_t i = 0; i < t->count; i++) {
        free(t->folders[i].path);
    }
    free(t->folders);
    free(t->moved);
    t->folders = NULL;
    t->moved = NULL;
    t->count = 0;
}

/* What follows a path's prefix: "" or "/…"; NULL if the path is not at or below it. */
static const char *below(const char *path, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(path, prefix, length) == 0 && (path[length] == 0 || path[length] == '/') ? path + length : NULL;
}

/* A folder got a new name in the tree: so do those below it. */
static void rename_folders(struct tree_watch *t, const char *from, const char *to) {
    for (size_t i = 0; i < t->count; i++) {
        const char *rest = below(t->folders[i].path, from);
        if (rest != NULL) {
            size_t size = strlen(to) + strlen(rest) + 1;
            char *path = malloc(size);
            if (path != NULL) {
                snprintf(path, size, "%s%s", to, rest);
                free(t->folders[i].path);
                t->folders[i].path = path;
            }
        }
    }
}

/* The folder moved away did not come back under another name: it has left the tree. */
static void let_moved_go(struct tree_watch *t) {
    if (t->moved == NULL) {
        return;
    }
    for (size_t i = t->count; i-- > 0;) {
        if (below(t->folders[i].path, t->moved) != NULL) {
            inotify_rm_watch(t->fd, t->folders[i].descriptor);
            forget(t, t->folders[i].descriptor);
        }
    }
    free(t->moved);
    t->moved = NULL;
}

/* Follows a folder that came, went or moved. False if it cannot be watched. */
static bool follow_folder(struct tree_watch *t, const struct inotify_event *e, const char *path) {
    if (e->mask & IN_MOVED_FROM) {
        let_moved_go(t);
        t->moved = strdup(path);
        t->moved_cookie = e->cookie;
    } else if ((e->mask & IN_MOVED_TO) && t->moved != NULL && t->moved_cookie == e->cookie) {
        rename_folders(t, t->moved, path);
        free(t->moved);
        t->moved = NULL;
    } else if (e->mask & (IN_CREATE | IN_MOVED_TO)) {
        return add_tree(t, path, LATER_FOLDERS_MAX) == 0;
    }
    return true;
}

/* Reports an event; if it carries several, in the order of contract/envd.md §5.4. */
static void report(const struct inotify_event *e, const char *name, event_sink sink, void *owner) {
    if (e->mask & (IN_CREATE | IN_MOVED_TO)) {
        sink(owner, EVENT_CREATE, name, e->cookie);
    }
    if (e->mask & (IN_MOVED_FROM | IN_MOVE_SELF)) {
        sink(owner, EVENT_RENAME, name, e->cookie);
    }
    if (e->mask & IN_ATTRIB) {
        sink(owner, EVENT_CHMOD, name, 0);
    }
    if (e->mask & IN_MODIFY) {
        sink(owner, EVENT_WRITE, name, 0);
    }
    if (e->mask & (IN_DELETE | IN_DELETE_SELF)) {
        sink(owner, EVENT_REMOVE, name, 0);
    }
}

static void handle(struct tree_watch *t, const struct inotify_event *e, event_sink sink, void *owner) {
    const struct folder *folder = find(t, e->wd);
    if (e->mask & IN_Q_OVERFLOW) {
        sink(owner, EVENT_OVERFLOW, ".", 0);
        return;
    }
    if (e->mask & IN_IGNORED) {
        forget(t, e->wd);
        return;
    }
    if (folder == NULL) {
        return;
    }
    if (e->len == 0) {
        /* About a watched folder itself. Those below the root are reported by the folder above them. */
        if (*folder->path == 0) {
            report(e, ".", sink, owner);
        }
        return;
    }
    char *path = join(folder->path, e->name);
    bool followed = path != NULL && (!t->recursive || !(e->mask & IN_ISDIR) || follow_folder(t, e, path));
    if (path != NULL) {
        report(e, path, sink, owner);
    }
    if (!followed) {
        sink(owner, EVENT_OVERFLOW, ".", 0);
    }
    free(path);
}

bool tree_watch_read(struct tree_watch *t, event_sink sink, void *owner) {
    static char events[READ_SIZE] __attribute__((aligned(_Alignof(struct inotify_event))));
    ssize_t length = t->fd < 0 ? 0 : read(t->fd, events, sizeof events);
    if (length <= 0) {
        let_moved_go(t);
        return false;
    }
    for (const char *at = events; at < events + length && t->fd >= 0;) {
        const struct inotify_event *e = (const struct inotify_event *)(const void *)at;
        handle(t, e, sink, owner);
        at += sizeof *e + e->len;
    }
    return true;
}
