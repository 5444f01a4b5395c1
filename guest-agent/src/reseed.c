/*
 * /run/caisson/reseed. See reseed.h.
 *
 * A file there is named for a process and holds "<signal> <start>", where start is field 22 of its /proc/<pid>/stat. It
 * counts only if it belongs to the process's own user, who could send that signal himself, and if the process is the one
 * that started then. " wait" behind that says that the process will change the file's times when it has seeded itself: the
 * host's next request could otherwise overtake the signal, as in programs that look at signals last.
 */
#include "reseed.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"

#define PARENT "/run/caisson"
#define FOLDER PARENT "/reseed"

enum { FILES_MAX = 16384, TEXT_MAX = 40, STAT_MAX = 1024, START_FIELD = 22, STATE_FIELD = 3 };
enum { WAITED_FOR_MAX = 64, LOOKS = 100, DIGITS_MAX = 10 };

/* What a program asks for. */
struct wish {
    uint64_t signal;
    uint64_t start;
    uid_t owner;
    bool wait;
    struct timespec changed;
};

/* A process that was told and is waited for. */
struct waiting {
    char name[DIGITS_MAX + 1];
    struct timespec changed;
};

/* An AWAKE that is not answered yet. */
struct telling {
    struct conn *conn;
    struct timer timer;
    int looks_left;
    size_t count;
    struct waiting waiting[WAITED_FOR_MAX];
};

static struct timer_queue look = {.milliseconds = 2};

/* Decimal digits up to the character `end`, of a number up to `most`. The place behind `end`, or NULL. */
static const char *read_number(const char *text, char end, uint64_t most, uint64_t *number) {
    *number = 0;
    const char *at = text;
    for (; isdigit((unsigned char)*at) && *number <= most / 10; at++) {
        *number = *number * 10 + (uint64_t)(*at - '0');
    }
    return at > text && *at == end && *number <= most ? at + (end == 0 ? 0 : 1) : NULL;
}

/* Reads a small file as text. False if it cannot be read or is larger. */
static bool read_text(int fd, char *text, size_t size) {
    ssize_t got = read(fd, text, size);
    if (got < 0 || (size_t)got == size) {
        return false;
    }
    text[got] = 0;
    return strlen(text) == (size_t)got;
}

/* The process as it is now: whose it is and when it started. False if there is none. */
static bool look_up(pid_t pid, uid_t *owner, uint64_t *start) {
    char text[STAT_MAX];
    struct stat folder;
    snprintf(text, sizeof text, "/proc/%d", (int)pid);
    if (stat(text, &folder) < 0) {
        return false;
    }
    *owner = folder.st_uid;
    snprintf(text, sizeof text, "/proc/%d/stat", (int)pid);
    int fd = open(text, O_RDONLY | O_CLOEXEC);
    bool read_all = fd >= 0 && read_text(fd, text, sizeof text);
    if (fd >= 0) {
        close(fd);
    }
    const char *at = read_all ? strrchr(text, ')') : NULL; /* its name may hold anything */
    for (int field = STATE_FIELD; at != NULL && field <= START_FIELD; field++) {
        at = strchr(at + 1, ' ');
    }
    return at != NULL && read_number(at + 1, ' ', UINT64_MAX, start) != NULL;
}

/* The text behind the first number: the second one, perhaps with " wait". */
static bool read_rest(char *text, struct wish *wish) {
    char *space = strchr(text, ' ');
    wish->wait = space != NULL && strcmp(space, " wait") == 0;
    if (wish->wait) {
        *space = 0;
    }
    return read_number(text, 0, UINT64_MAX, &wish->start) != NULL;
}

/* False if the file is none that a program would make. */
static bool read_wish(int folder, const char *name, struct wish *wish) {
    char text[TEXT_MAX];
    struct stat file;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool good = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_nlink == 1 && read_text(fd, text, sizeof text);
    close(fd);
    if (!good) {
        return false;
    }
    text[strcspn(text, "\n")] = 0;
    wish->owner = file.st_uid;
    wish->changed = file.st_ctim;
    const char *at = read_number(text, ' ', (uint64_t)SIGRTMAX, &wish->signal);
    return at != NULL && wish->signal > 0 && read_rest(text + (at - text), wish);
}

static void tell(struct telling *t, int folder, const char *name) {
    struct wish wish;
    uint64_t pid, start = 0;
    uid_t owner = 0;
    if (read_number(name, 0, INT_MAX, &pid) == NULL || pid < 2 || !read_wish(folder, name, &wish)) {
        return;
    }
    if (!look_up((pid_t)pid, &owner, &start) || start != wish.start) {
        unlinkat(folder, name, 0);
    } else if (owner == wish.owner && kill((pid_t)pid, (int)wish.signal) == 0 && wish.wait && t->count < WAITED_FOR_MAX) {
        struct waiting *w = &t->waiting[t->count++];
        snprintf(w->name, sizeof w->name, "%d", (int)pid);
        w->changed = wish.changed;
    }
}

/* Also when its file is gone, as when it ended. */
static bool is_ready(const struct waiting *w) {
    char path[sizeof FOLDER + DIGITS_MAX + 1];
    struct stat file;
    snprintf(path, sizeof path, "%s/%s", FOLDER, w->name);
    return lstat(path, &file) < 0 || file.st_ctim.tv_sec != w->changed.tv_sec || file.st_ctim.tv_nsec != w->changed.tv_nsec;
}

static void gone(struct conn *c) {
    struct telling *t = c->owner;
    timer_stop(&t->timer);
    loop_later(free, t);
}

static const struct conn_calls CALLS = {.gone = gone};

static void look_again(struct timer *timer) {
    struct telling *t = CONTAINER_OF(timer, struct telling, timer);
    struct conn *c = t->conn;
    while (t->count > 0 && is_ready(&t->waiting[t->count - 1])) {
        t->count--;
    }
    if (t->count > 0 && t->looks_left-- > 0) {
        timer_start(timer, &look);
    } else {
        gone(c);
        conn_done(c);
        conn_ready(c);
    }
}

/* The sticky bit keeps others from a program's file. */
static bool is_ours(const char *path) {
    struct stat folder;
    return lstat(path, &folder) == 0 && S_ISDIR(folder.st_mode) && folder.st_uid == 0;
}

void reseed_open(void) {
    if (machine_is_ours()) {
        mkdir(PARENT, 0755);
        if (is_ours(PARENT) && mkdir(FOLDER, 0755) == 0) {
            chmod(FOLDER, 01777);
        }
    }
}

static void tell_all(struct telling *t) {
    DIR *folder = machine_is_ours() && is_ours(PARENT) && is_ours(FOLDER) ? opendir(FOLDER) : NULL;
    if (folder == NULL) {
        return;
    }
    const struct dirent *e;
    for (int i = 0; i < FILES_MAX && (e = readdir(folder)) != NULL; i++) {
        tell(t, dirfd(folder), e->d_name);
    }
    closedir(folder);
}

void reseed_tell(struct conn *c) {
    struct telling *t = calloc(1, sizeof *t);
    if (t == NULL) {
        conn_close(c); /* the host tells it again */
        return;
    }
    t->conn = c;
    t->timer.expired = look_again;
    t->looks_left = LOOKS;
    tell_all(t);
    conn_take(c, CONN_BUSY, &CALLS, t);
    look_again(&t->timer);
}
