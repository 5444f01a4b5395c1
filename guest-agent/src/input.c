/*
 * What the host writes to a process: INPUT and CLOSE_INPUT (PROTOCOL.md §5). Part of process.h.
 *
 * Requests wait in line at their process; the first one has the pipe. Holds: the line's first is the only connection
 * whose DATA is read, and it is not read further while the pipe is full, so nothing piles up in the agent.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "operations.h"
#include "process.h"

enum { KIND_STDIN = 0, KIND_PTY = 1 };

/* One request in line. `rest` is what the pipe has not taken yet. */
struct input {
    struct process *process;
    struct buffer rest;
    bool closes;
    bool ended; /* END came */
};

static void start_next(struct process *p);

static void leave_line(struct conn *c) {
    struct input *input = c->owner;
    for (struct conn **at = &input->process->inputs; *at != NULL; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            break;
        }
    }
    c->next = NULL;
    buffer_free(&input->rest);
    free(input);
}

static void gone(struct conn *c) {
    struct process *p = ((struct input *)c->owner)->process;
    leave_line(c);
    p->input_blocked = false;
    start_next(p);
    process_sync(p);
}

static void close_stdin(struct process *p) {
    source_remove(&p->input);
    if (p->input_fd >= 0 && !p->pty) {
        close(p->input_fd);
    }
    p->input_fd = -1;
    p->input_blocked = false;
}

/* Takes the first out of the line with an answer. */
static void answer(struct conn *c, int error) {
    struct input *input = c->owner;
    bool done = error == 0 || input->closes;
    bool discards = !done && !input->ended;
    leave_line(c);
    if (done) {
        conn_done(c);
    } else {
        conn_error(c, CONFLICT, error, "The process takes no input any more", "");
    }
    conn_ready(c);
    if (discards) {
        conn_take(c, CONN_DISCARD, NULL, NULL);
    }
}

/* Writes what is there; answers when all of it is written, or when the reader has gone. */
static void write_rest(struct conn *c) {
    struct input *input = c->owner;
    struct process *p = input->process;
    int error = 0;
    p->input_blocked = false;
    while (input->rest.length > 0 && error == 0) {
        ssize_t written = write(p->input_fd, buffer_front(&input->rest), input->rest.length);
        if (written >= 0) {
            buffer_take(&input->rest, (size_t)written);
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    if (error == EAGAIN) {
        p->input_blocked = true;
    } else if (error != 0) {
        answer(c, EPIPE);
        if (!p->pty) {
            close_stdin(p);
        }
    } else if (input->closes || input->ended) {
        if (input->closes) {
            close_stdin(p);
        }
        answer(c, 0);
    } else {
        conn_hold(c, false);
        conn_expect(c, true);
    }
}

/* Serves the line until one has to wait. */
static void start_next(struct process *p) {
    struct conn *c;
    while ((c = p->inputs) != NULL && !p->input_blocked) {
        if (p->input_fd < 0) {
            answer(c, EPIPE);
            continue;
        }
        write_rest(c);
        if (p->inputs == c) {
            break;
        }
    }
}

static void data(struct conn *c, const uint8_t *bytes, size_t length) {
    struct input *input = c->owner;
    struct process *p = input->process;
    conn_expect(c, false);
    input->ended = length == 0;
    put_raw(&input->rest, bytes, length);
    if (input->rest.failed) {
        conn_close(c);
        return;
    }
    conn_hold(c, true);
    start_next(p);
    process_sync(p);
}

static const struct conn_calls CALLS = {.gone = gone, .data = data, .stalled = conn_close};

static void join_line(struct conn *c, struct process *p, bool closes) {
    struct input *input = calloc(1, sizeof *input);
    if (input == NULL) {
        conn_close(c);
        return;
    }
    *input = (struct input){.process = p, .closes = closes};
    conn_take(c, closes ? CONN_BUSY : CONN_DATA, &CALLS, input);
    conn_hold(c, true);
    struct conn **at = &p->inputs;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = c;
    start_next(p);
    process_sync(p);
}

/* An error before any DATA was read: it has to be read all the same. */
static void refuse(struct conn *c) {
    conn_take(c, CONN_DISCARD, NULL, NULL);
}

void process_input(struct conn *c, struct reader *r) {
    struct process *p = process_select(r);
    uint8_t kind = read_u8(r);
    if (r->bad || kind > KIND_PTY) {
        operation_malformed(c);
        refuse(c);
    } else if (p == NULL) {
        process_unknown(c);
        refuse(c);
    } else if (p->pty != (kind == KIND_PTY) || p->input_fd < 0) {
        conn_error(c, CONFLICT, 0, p->pty ? "The process has a terminal, not a pipe" : "The process takes no such input", "");
        refuse(c);
    } else {
        join_line(c, p, false);
    }
}

void process_close_input(struct conn *c, struct reader *r) {
    struct process *p = process_select(r);
    if (r->bad) {
        operation_malformed(c);
    } else if (p == NULL) {
        process_unknown(c);
    } else if (p->pty) {
        conn_error(c, UNSUPPORTED, 0, "A terminal cannot be closed from outside; write the byte 4 (Ctrl-D) to it", "");
    } else if (p->input_fd < 0) {
        conn_done(c);
    } else {
        join_line(c, p, true);
    }
}

void input_writable(struct process *p) {
    p->input_blocked = false;
    start_next(p);
    process_sync(p);
}

void input_over(struct process *p) {
    close_stdin(p);
    start_next(p);
}
