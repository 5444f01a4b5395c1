/*
 * SPAWN. See spawn.h.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "environment.h"
#include "identity.h"
#include "operations.h"
#include "paths.h"
#include "process.h"
#include "pty.h"

enum { ARGUMENTS_MAX = 65536, VARIABLES_MAX = 4096, PROCESSES_MAX = 4096 };

/* Descriptors of a start: the child's ends (0-2) and the agent's. -1 where there is none. */
struct ends {
    int child[3];
    int input;
    int outputs[2];
};

static void read_arguments(struct reader *r, struct spawn_request *q) {
    const char *command = read_string(r);
    uint32_t count = read_count(r, ARGUMENTS_MAX, 4);
    q->arguments = calloc((size_t)count + 3, sizeof *q->arguments);
    r->bad = r->bad || q->arguments == NULL;
    if (!r->bad) {
        q->arguments[1] = command;
    }
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        q->arguments[i + 2] = read_string(r);
    }
}

static void read_variables(struct reader *r, struct spawn_request *q) {
    q->variables = read_count(r, VARIABLES_MAX, 8);
    q->names = calloc((size_t)q->variables + 1, sizeof *q->names);
    q->values = calloc((size_t)q->variables + 1, sizeof *q->values);
    r->bad = r->bad || q->names == NULL || q->values == NULL;
    for (uint32_t i = 0; i < q->variables && !r->bad; i++) {
        q->names[i] = read_string(r);
        q->values[i] = read_string(r);
        r->bad = r->bad || *q->names[i] == 0 || strchr(q->names[i], '=') != NULL;
    }
}

static void read_limits(struct reader *r, struct spawn_request *q) {
    q->limit_count = read_count(r, LIMITS_MAX, 17);
    for (uint32_t i = 0; i < q->limit_count; i++) {
        q->limits[i].resource = read_u8(r);
        q->limits[i].soft = read_u64(r);
        q->limits[i].hard = read_u64(r);
    }
}

bool spawn_read(struct reader *r, struct spawn_request *q) {
    read_arguments(r, q);
    read_variables(r, q);
    q->folder = read_bool(r) ? read_string(r) : "";
    q->user = read_string(r);
    q->tag = read_bool(r) ? read_string(r) : NULL;
    q->input = read_bool(r);
    q->pty = read_bool(r);
    if (q->pty) {
        q->columns = read_u16(r);
        q->rows = read_u16(r);
    }
    read_limits(r, q);
    return !r->bad;
}

void spawn_free(struct spawn_request *q) {
    free(q->arguments);
    free(q->names);
    free(q->values);
}

static void close_all(int *fds, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
        fds[i] = -1;
    }
}

static void close_ends(struct ends *ends) {
    /* Of a terminal, the three are one. */
    if (ends->child[1] == ends->child[0]) {
        ends->child[1] = ends->child[2] = -1;
    }
    close_all(ends->child, 3);
    close_all(&ends->input, 1);
    close_all(ends->outputs, 2);
}

static bool make_pipe(int *reader, int *writer, int *own) {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0) {
        return false;
    }
    *reader = fds[0];
    *writer = fds[1];
    return fcntl(*own, F_SETFL, O_NONBLOCK) == 0;
}

static bool open_pipes(const struct spawn_request *q, struct ends *ends) {
    if (q->input) {
        if (!make_pipe(&ends->child[0], &ends->input, &ends->input)) {
            return false;
        }
    } else if ((ends->child[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
        return false;
    }
    return make_pipe(&ends->outputs[0], &ends->child[1], &ends->outputs[0])
        && make_pipe(&ends->outputs[1], &ends->child[2], &ends->outputs[1]);
}

static bool open_terminal(const struct spawn_request *q, const struct user *user, struct ends *ends) {
    int terminal;
    ends->outputs[0] = pty_open(q->columns, q->rows, user->uid, &terminal);
    if (ends->outputs[0] < 0) {
        return false;
    }
    ends->child[0] = ends->child[1] = ends->child[2] = terminal;
    return true;
}

static void put_environment(const struct spawn_request *q, const struct actor *actor, struct environment *e) {
    environment_set(e, "PATH", environment_path());
    environment_set(e, "HOME", actor->user.home);
    environment_set(e, "USER", actor->user.name);
    environment_set(e, "LOGNAME", actor->user.name);
    environment_set_all(e, identity_environment());
    for (uint32_t i = 0; i < q->variables; i++) {
        environment_set(e, q->names[i], q->values[i]);
    }
}

static void report(struct conn *c, bool folder_failed, int error, const char *folder) {
    char message[PATH_MAX + 64];
    if (!folder_failed) {
        bool exhausted = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
        snprintf(message, sizeof message, "Start a process: %s", strerror(error));
        conn_error(c, exhausted ? EXHAUSTED : INTERNAL, error, message, "");
    } else {
        snprintf(message, sizeof message, error == ENOENT ? "cwd '%s' does not exist" : "cwd '%s' cannot be entered", folder);
        conn_error(c, INVALID, error, message, folder);
    }
}

/* Everything that lives only while a process is started. */
struct start {
    const struct spawn_request *request;
    struct actor actor;
    char folder[PATH_MAX];
    gid_t groups[GROUPS_MAX];
    struct environment environment;
    struct ends ends;
};

static pid_t run(struct start *s, bool *folder_failed) {
    const struct spawn_request *q = s->request;
    put_environment(q, &s->actor, &s->environment);
    struct launch l = {
        .arguments = q->arguments,
        .environment = environment_list(&s->environment),
        .folder = s->folder,
        .search = environment_get(&s->environment, "PATH"),
        .uid = s->actor.user.uid,
        .gid = s->actor.user.gid,
        .groups = s->groups,
        .group_count = user_groups(&s->actor.user, s->groups),
        .as_self = geteuid() != 0,
        .limit_count = q->limit_count,
        .standard = {s->ends.child[0], s->ends.child[1], s->ends.child[2]},
        .terminal = q->pty,
    };
    memcpy(l.limits, q->limits, sizeof l.limits);
    *folder_failed = false;
    if (l.environment == NULL) {
        errno = ENOMEM;
        return -1;
    }
    return launch(&l, folder_failed);
}

static void enter_table(struct conn *c, struct start *s, pid_t pid, struct process *p) {
    const struct spawn_request *q = s->request;
    p->pid = pid;
    p->pty = q->pty;
    p->outputs[0].fd = s->ends.outputs[0];
    p->outputs[1].fd = s->ends.outputs[1];
    p->outputs[0].kind = q->pty ? SOURCE_PTY : SOURCE_STDOUT;
    p->outputs[1].kind = SOURCE_STDERR;
    p->input_fd = q->pty ? s->ends.outputs[0] : s->ends.input;
    s->ends.outputs[0] = s->ends.outputs[1] = s->ends.input = -1;
    process_started(p, c);
}

/* `p` holds the request as given; it goes into the table, or back to the caller (false). */
static bool start(struct conn *c, struct start *s, struct process *p) {
    const struct spawn_request *q = s->request;
    bool folder_failed;
    if (!identity_find(c, q->user, &s->actor) || !path_resolve(c, &s->actor, q->folder, s->folder)) {
        return false;
    }
    if (q->pty && !open_terminal(q, &s->actor.user, &s->ends)) {
        conn_error(c, INVALID, errno, "No terminal could be made", "");
        return false;
    }
    if (!q->pty && !open_pipes(q, &s->ends)) {
        report(c, false, errno, "");
        return false;
    }
    pid_t pid = run(s, &folder_failed);
    if (pid < 0) {
        report(c, folder_failed, errno, s->folder);
        return false;
    }
    enter_table(c, s, pid, p);
    return true;
}

static struct process *remember(const struct reader *r) {
    struct process *p = calloc(1, sizeof *p);
    uint8_t *copy = malloc(r->left + 1);
    if (p == NULL || copy == NULL) {
        free(p);
        free(copy);
        return NULL;
    }
    memcpy(copy, r->at, r->left);
    p->request = copy;
    p->request_length = r->left;
    return p;
}

static void start_and_clean_up(struct conn *c, const struct spawn_request *q, struct process *p) {
    struct start *s = calloc(1, sizeof *s);
    if (s == NULL) {
        report(c, false, ENOMEM, "");
        return;
    }
    *s = (struct start){.request = q, .ends = {{-1, -1, -1}, -1, {-1, -1}}};
    p->tag = q->tag == NULL ? NULL : strdup(q->tag);
    if (!start(c, s, p)) {
        free(p->tag);
        free(p->request);
        free(p);
    }
    close_ends(&s->ends);
    environment_free(&s->environment);
    free(s);
}

void process_spawn(struct conn *c, struct reader *r) {
    struct process *p = remember(r);
    struct spawn_request q = {0};
    if (p == NULL || process_count() >= PROCESSES_MAX) {
        report(c, false, EAGAIN, "");
        free(p == NULL ? NULL : p->request);
        free(p);
        return;
    }
    bool good = spawn_read(r, &q) && !(q.pty && (q.columns == 0 || q.rows == 0));
    if (good) {
        start_and_clean_up(c, &q, p);
    } else {
        operation_malformed(c);
        free(p->request);
        free(p);
    }
    spawn_free(&q);
}
