/*
 * The table of processes, their output and their ends. See process.h.
 */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exits.h"
#include "hooks.h"
#include "operations.h"

enum {
    PTY_CHUNK = 16384,
    KILL_ROUNDS = 3,
    DRAIN_MAX = 131072, /* what a pipe may hold when it ends without waiting for its end, and then some */
};

static struct process *running; /* newest first */
static struct source signals = {.fd = -1};

bool process_is(const struct process *p, pid_t pid, const char *tag) {
    return tag == NULL ? p->pid == pid : p->tag != NULL && strcmp(p->tag, tag) == 0;
}

static void put_exit(struct conn *c, const struct process *p) {
    bool signalled = WIFSIGNALED(p->status);
    size_t place = message_begin(&c->out, FRAME_EXITED);
    put_u32(&c->out, signalled ? UINT32_MAX : (uint32_t)WEXITSTATUS(p->status));
    put_u8(&c->out, signalled ? (uint8_t)WTERMSIG(p->status) : 0);
    put_u8(&c->out, signalled && WCOREDUMP(p->status) ? 1 : 0);
    message_end(&c->out, place);
}

static void put_output(struct conn *c, uint8_t kind, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        size_t count = length < OUTPUT_MAX ? length : OUTPUT_MAX;
        size_t place = message_begin(&c->out, FRAME_OUTPUT);
        put_u8(&c->out, kind);
        put_raw(&c->out, bytes, count);
        message_end(&c->out, place);
        bytes += count;
        length -= count;
    }
}

static void finish(struct process *p);

static bool outputs_open(const struct process *p) {
    return p->outputs[0].fd >= 0 || p->outputs[1].fd >= 0;
}

static void check_end(struct process *p) {
    if (p->reaped && (!outputs_open(p) || p->stopped_through_link || p->pty)) {
        finish(p);
    }
}

static void output_close(struct output *output) {
    if (output->fd < 0) {
        return;
    }
    if (output->process->pty) {
        input_over(output->process);
    }
    source_remove(&output->source);
    close(output->fd);
    output->fd = -1;
}

/*
 * The end of output. A terminal is closed only after its process: a program that closes its descriptors just before it
 * exits would be hit by the hang-up that this sends.
 */
static void output_over(struct output *output) {
    if (output->process->pty && !output->process->reaped) {
        output->over = true;
        source_remove(&output->source);
    } else {
        output_close(output);
    }
}

/* Reads once and hands on. Returns how many bytes; 0 when there is nothing now or for ever. */
static size_t read_output(struct output *output) {
    static uint8_t chunk[OUTPUT_MAX];
    struct process *p = output->process;
    size_t most = output->kind == SOURCE_PTY ? PTY_CHUNK : sizeof chunk;
    ssize_t got = read(output->fd, chunk, most);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    if (got <= 0) { /* the end; EIO for a terminal that nobody has open any more */
        output_over(output);
        return 0;
    }
    ring_add(&p->ring, output->kind, chunk, (size_t)got);
    for (struct conn *c = p->subscribers; c != NULL; c = c->next) {
        put_output(c, output->kind, chunk, (size_t)got);
        conn_touch(c);
    }
    return (size_t)got;
}

void process_sync(struct process *p) {
    uint32_t reading = p->paused ? 0 : EPOLLIN;
    uint32_t writing = p->input_blocked ? EPOLLOUT : 0;
    for (int i = 0; i < 2; i++) {
        const struct output *output = &p->outputs[i];
        source_sync(&p->outputs[i].source, output->over ? -1 : output->fd, reading | (p->pty ? writing : 0));
    }
    if (!p->pty) {
        source_sync(&p->input, p->input_fd, writing);
    }
}

/* Slow subscribers make the process wait (contract/envd.md §2.4). */
static void update_pause(struct process *p) {
    p->paused = false;
    for (struct conn *c = p->subscribers; c != NULL; c = c->next) {
        p->paused = p->paused || conn_is_high(c);
    }
    process_sync(p);
}

static void output_ready(struct source *source, uint32_t events) {
    struct output *output = CONTAINER_OF(source, struct output, source);
    struct process *p = output->process;
    if (p->pty && p->input_blocked && (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))) {
        input_writable(p);
    }
    if (!p->paused && output->fd >= 0 && !output->over && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        read_output(output);
    }
    update_pause(p);
    check_end(p);
}

static void input_ready(struct source *source, uint32_t events) {
    (void)events;
    input_writable(CONTAINER_OF(source, struct process, input));
}

static void unsubscribe(struct conn *c) {
    struct process *p = c->owner;
    for (struct conn **at = &p->subscribers; *at != NULL; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            break;
        }
    }
    c->next = NULL;
    update_pause(p);
}

static void caught_up(struct conn *c) {
    update_pause(c->owner);
}

static const struct conn_calls SUBSCRIBER = {.gone = unsubscribe, .drained = caught_up};

static void put_started(struct conn *c, const struct process *p, uint64_t offset) {
    size_t place = message_begin(&c->out, FRAME_STARTED);
    put_u32(&c->out, (uint32_t)p->pid);
    put_u64(&c->out, offset);
    message_end(&c->out, place);
}

static void subscribe(struct process *p, struct conn *c) {
    conn_take(c, CONN_BUSY, &SUBSCRIBER, p);
    c->next = p->subscribers;
    p->subscribers = c;
    update_pause(p);
}

void process_started(struct process *p, struct conn *c) {
    for (int i = 0; i < 2; i++) {
        p->outputs[i].source = (struct source){.fd = -1, .ready = output_ready};
        p->outputs[i].process = p;
    }
    p->input = (struct source){.fd = -1, .ready = input_ready};
    p->next = running;
    running = p;
    exit_replaced_by(p);
    put_started(c, p, 0);
    subscribe(p, c);
}

size_t process_count(void) {
    size_t count = 0;
    for (struct process *p = running; p != NULL; p = p->next) {
        count++;
    }
    return count;
}

/* Moves it from the running to the ended. */
static void retire(struct process *p) {
    for (struct process **at = &running; *at != NULL; at = &(*at)->next) {
        if (*at == p) {
            *at = p->next;
            break;
        }
    }
    exit_remember(p);
}

static void finish(struct process *p) {
    for (int i = 0; i < 2; i++) {
        for (size_t total = 0, got = 1; p->outputs[i].fd >= 0 && got > 0 && total < DRAIN_MAX; total += got) {
            got = read_output(&p->outputs[i]);
        }
        output_close(&p->outputs[i]);
    }
    input_over(p);
    retire(p);
    struct conn *next;
    for (struct conn *c = p->subscribers; c != NULL; c = next) {
        next = c->next;
        c->next = NULL;
        put_exit(c, p);
        conn_ready(c);
    }
    p->subscribers = NULL;
}

static struct process *find_running(pid_t pid, const char *tag) {
    for (struct process *p = running; p != NULL; p = p->next) {
        if (process_is(p, pid, tag)) {
            return p;
        }
    }
    return NULL;
}

static const char *read_selector(struct reader *r, pid_t *pid) {
    bool by_tag = read_bool(r);
    *pid = 0;
    if (by_tag) {
        return read_string(r);
    }
    *pid = (pid_t)read_u32(r);
    return NULL;
}

struct process *process_select(struct reader *r) {
    pid_t pid;
    const char *tag = read_selector(r, &pid);
    return r->bad ? NULL : find_running(pid, tag);
}

void process_unknown(struct conn *c) {
    conn_error(c, NOT_FOUND, ESRCH, "No such process runs", "");
}

/* Sends what is remembered from `offset` on; the offset where it really starts. */
static uint64_t put_remembered(struct conn *c, struct process *p, int64_t offset) {
    uint64_t at = offset < 0 || (uint64_t)offset > p->ring.end ? p->ring.end : (uint64_t)offset;
    at = at < p->ring.start ? p->ring.start : at;
    put_started(c, p, at);
    uint8_t kind;
    const uint8_t *bytes;
    for (size_t count; (count = ring_at(&p->ring, at, &kind, &bytes)) > 0; at += count) {
        put_output(c, kind, bytes, count);
    }
    return at;
}

void process_attach(struct conn *c, struct reader *r) {
    pid_t pid;
    const char *tag = read_selector(r, &pid);
    int64_t offset = read_i64(r);
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    struct process *p = find_running(pid, tag);
    if (p != NULL) {
        put_remembered(c, p, offset);
        subscribe(p, c);
        return;
    }
    p = exit_find(pid, tag);
    if (p == NULL) {
        process_unknown(c);
        return;
    }
    put_remembered(c, p, offset);
    put_exit(c, p);
    conn_ready(c);
}

void process_list(struct conn *c, struct reader *r) {
    (void)r;
    for (const struct process *p = running; p != NULL; p = p->next) {
        size_t place = message_begin(&c->out, FRAME_PROCESS);
        put_u32(&c->out, (uint32_t)p->pid);
        put_raw(&c->out, p->request, p->request_length);
        message_end(&c->out, place);
    }
    conn_done(c);
}

static bool stops(int signal) {
    return signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM || signal == SIGKILL;
}

void process_signal(struct conn *c, struct reader *r) {
    struct process *p = process_select(r);
    int signal = (int)read_u32(r);
    bool group = read_bool(r);
    if (r->bad || signal < 0 || signal > SIGRTMAX) {
        operation_malformed(c);
        return;
    }
    if (p == NULL) {
        process_unknown(c);
        return;
    }
    bool sent = kill(group ? -p->pid : p->pid, signal) == 0;
    if (!sent && !p->reaped) {
        conn_error(c, errno == ESRCH ? CONFLICT : INTERNAL, errno, "The process has just ended", "");
        return;
    }
    conn_done(c);
    p->stopped_through_link = p->stopped_through_link || stops(signal);
    check_end(p);
}

void process_resize(struct conn *c, struct reader *r) {
    struct process *p = process_select(r);
    struct winsize size = {0};
    size.ws_col = read_u16(r);
    size.ws_row = read_u16(r);
    if (r->bad || size.ws_col == 0 || size.ws_row == 0) {
        operation_malformed(c);
    } else if (p == NULL) {
        process_unknown(c);
    } else if (!p->pty || p->outputs[0].fd < 0) {
        conn_error(c, CONFLICT, 0, "The process has no terminal", "");
    } else if (ioctl(p->outputs[0].fd, TIOCSWINSZ, &size) < 0) {
        conn_errno(c, errno, "Set the size of the terminal", "");
    } else {
        conn_done(c);
    }
}

static struct process *find_unreaped(pid_t pid) {
    struct process *p = running;
    while (p != NULL && (p->pid != pid || p->reaped)) {
        p = p->next;
    }
    return p;
}

static void reap(struct source *source, uint32_t events) {
    (void)events;
    struct signalfd_siginfo info;
    while (read(source->fd, &info, sizeof info) > 0) {
        if (info.ssi_signo == SIGTERM) {
            exit(0);
        }
    }
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        struct process *p = find_unreaped(pid);
        if (p != NULL) {
            p->reaped = true;
            p->status = status;
            check_end(p);
        } else {
            hooks_ended(pid, status);
        }
    }
}

int process_open(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (getpid() != 1) { /* PID 1 ends with its sandbox only */
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_BLOCK, &set, NULL);
    }
    signals.ready = reap;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -1 : source_add(&signals, fd, EPOLLIN);
}

void process_kill_all(void) {
    if (getpid() == 1) {
        /* Again for those that were being made meanwhile. */
        for (int i = 0; i < KILL_ROUNDS && kill(-1, SIGKILL) == 0; i++) {
        }
        return;
    }
    for (struct process *p = running; p != NULL; p = p->next) {
        kill(-p->pid, SIGKILL);
    }
}
