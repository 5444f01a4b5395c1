/*
 * HOOKS. See hooks.h. One program runs after the other; a descriptor tells when time is up, so that the loop goes on
 * meanwhile. Whoever asked and went away takes the program that runs with him.
 */
#include "hooks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "environment.h"
#include "identity.h"
#include "launch.h"
#include "operations.h"

enum { HOOKS_MAX = 64, MILLISECONDS_MAX = 3600000, NOT_STARTED = 126, SIGNALLED = 128 };

struct hook {
    char name[NAME_MAX + 1];
    int status;
    bool timed_out;
};

struct hooks {
    struct hooks *next;
    struct conn *conn;
    const char *folder;
    uint32_t milliseconds;
    struct source clock;
    pid_t pid; /* of hooks[at]; 0: none runs */
    size_t at;
    size_t count;
    struct hook hooks[HOOKS_MAX]; /* sorted by name */
};

static struct hooks *running;

/* Keeps the first HOOKS_MAX names. */
static void add(struct hooks *h, const char *name) {
    size_t place = h->count;
    while (place > 0 && strcmp(name, h->hooks[place - 1].name) < 0) {
        place--;
    }
    if (place == HOOKS_MAX) {
        return;
    }
    size_t moved = (h->count < HOOKS_MAX ? h->count : HOOKS_MAX - 1) - place;
    memmove(&h->hooks[place + 1], &h->hooks[place], moved * sizeof *h->hooks);
    h->count += h->count < HOOKS_MAX ? 1 : 0;
    h->hooks[place] = (struct hook){.status = NOT_STARTED};
    snprintf(h->hooks[place].name, sizeof h->hooks[place].name, "%s", name);
}

static void find_hooks(struct hooks *h) {
    DIR *folder = opendir(h->folder);
    if (folder == NULL) {
        return;
    }
    struct stat file;
    for (const struct dirent *e; (e = readdir(folder)) != NULL;) {
        if (fstatat(dirfd(folder), e->d_name, &file, 0) == 0 && S_ISREG(file.st_mode) && (file.st_mode & 0111) != 0) {
            add(h, e->d_name);
        }
    }
    closedir(folder);
}

static void put_environment(struct environment *e) {
    environment_set(e, "PATH", environment_path());
    environment_set(e, "HOME", "/root");
    environment_set(e, "USER", "root");
    environment_set(e, "LOGNAME", "root");
    environment_set_all(e, identity_environment());
}

/* The pid; 0 if it could not be started. */
static pid_t start(const char *path) {
    bool folder_failed;
    const char *arguments[] = {NULL, path, NULL};
    const gid_t group = 0;
    struct environment environment = {0};
    put_environment(&environment);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct launch l = {
        .arguments = arguments,
        .environment = environment_list(&environment),
        .folder = "/",
        .search = environment_path(),
        .groups = &group,
        .group_count = 1,
        .as_self = geteuid() != 0,
        .standard = {nowhere, nowhere, nowhere},
    };
    pid_t pid = nowhere < 0 || l.environment == NULL ? -1 : launch(&l, &folder_failed);
    if (nowhere >= 0) {
        close(nowhere);
    }
    environment_free(&environment);
    return pid < 0 ? 0 : pid;
}

static void forget(struct hooks *h) {
    for (struct hooks **at = &running; *at != NULL; at = &(*at)->next) {
        if (*at == h) {
            *at = h->next;
            break;
        }
    }
    if (h->pid != 0) {
        kill(-h->pid, SIGKILL);
    }
    source_close(&h->clock);
    loop_later(free, h);
}

static void gone(struct conn *c) {
    forget(c->owner);
}

static const struct conn_calls CALLS = {.gone = gone};

static void put_results(struct conn *c, const struct hooks *h) {
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_u32(&c->out, (uint32_t)h->count);
    for (size_t i = 0; i < h->count; i++) {
        put_string(&c->out, h->hooks[i].name);
        put_u32(&c->out, (uint32_t)h->hooks[i].status);
        put_u8(&c->out, h->hooks[i].timed_out);
    }
    message_end(&c->out, place);
}

static void finish(struct hooks *h) {
    put_results(h->conn, h);
    forget(h);
    conn_ready(h->conn);
}

static void run_next(struct hooks *h) {
    char path[PATH_MAX];
    while (h->pid == 0 && h->at < h->count) {
        snprintf(path, sizeof path, "%s/%s", h->folder, h->hooks[h->at].name);
        h->pid = start(path);
        h->at += h->pid == 0 ? 1 : 0;
    }
    if (h->pid == 0) {
        finish(h);
    }
}

void hooks_ended(pid_t pid, int status) {
    struct hooks *h = running;
    while (h != NULL && h->pid != pid) {
        h = h->next;
    }
    if (h != NULL) {
        h->hooks[h->at++].status = WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
        h->pid = 0;
        run_next(h);
    }
}

/* The one that runs is killed when it is forgotten, and not waited for; the others do not start. */
static void time_is_up(struct source *source, uint32_t events) {
    (void)events;
    struct hooks *h = CONTAINER_OF(source, struct hooks, clock);
    h->hooks[h->at].status = SIGNALLED + SIGKILL;
    for (size_t i = h->at; i < h->count; i++) {
        h->hooks[i].timed_out = true;
    }
    finish(h);
}

static bool start_clock(struct hooks *h) {
    struct itimerspec time = {.it_value = {h->milliseconds / 1000, (long)(h->milliseconds % 1000) * 1000000}};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    h->clock = (struct source){.fd = -1, .ready = time_is_up};
    if (fd < 0 || timerfd_settime(fd, 0, &time, NULL) < 0 || source_add(&h->clock, fd, EPOLLIN) < 0) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
        }
        errno = error;
        return false;
    }
    return true;
}

static void begin(struct conn *c) {
    struct hooks *h = c->owner;
    if (c->state == CONN_DEAD) {
        free(h);
        return;
    }
    if (!start_clock(h)) {
        conn_errno(c, errno, "Run the guest's hooks", h->folder);
        conn_ready(c);
        free(h);
        return;
    }
    h->next = running;
    running = h;
    h->conn = c;
    conn_take(c, CONN_BUSY, &CALLS, h);
    run_next(h);
}

static const char *folder_of(uint8_t moment) {
    static const char *const FOLDERS[] = {
        "/etc/caisson/hooks/before-snapshot.d", "/etc/caisson/hooks/after-restore.d", "/etc/caisson/hooks/after-fork.d",
    };
    return moment >= 1 && moment <= sizeof FOLDERS / sizeof *FOLDERS ? FOLDERS[moment - 1] : NULL;
}

void hooks_request(struct conn *c, struct reader *r) {
    const char *folder = folder_of(read_u8(r));
    uint32_t milliseconds = read_u32(r);
    if (r->bad || folder == NULL || milliseconds == 0 || milliseconds > MILLISECONDS_MAX) {
        operation_malformed(c);
        return;
    }
    struct hooks *h = calloc(1, sizeof *h);
    if (h == NULL) {
        conn_errno(c, ENOMEM, "Run the guest's hooks", folder);
        return;
    }
    h->folder = folder;
    h->milliseconds = milliseconds;
    find_hooks(h);
    if (h->count == 0) {
        put_results(c, h);
        free(h);
        return;
    }
    c->owner = h;
    c->installed = begin;
}
