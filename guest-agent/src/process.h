/*
 * The processes that were started through the link: table, output, exits (PROTOCOL.md §5). Loop thread only.
 *
 * Holds: output is read whether anybody listens or not; a process leaves the table, and its exit is remembered, before
 * any subscriber is told; every child of the agent is reaped, orphans of the guest included.
 */
#ifndef CAISSON_PROCESS_H
#define CAISSON_PROCESS_H

#include <sys/types.h>

#include "conn.h"
#include "ring.h"

enum output_source { SOURCE_STDOUT = 1, SOURCE_STDERR = 2, SOURCE_PTY = 3 };

struct process;

/* One end of output: stdout, stderr or the terminal. In the loop only while it is to be read (or written, a terminal). */
struct output {
    struct source source;
    int fd; /* -1: closed */
    bool over; /* a terminal that nobody has open any more, kept open until the process has ended */
    uint8_t kind;
    struct process *process;
};

struct process {
    struct process *next;
    pid_t pid;
    uint8_t *request; /* as given */
    size_t request_length;
    char *tag;        /* NULL: none */
    bool pty;
    bool reaped;
    bool stopped_through_link; /* does not wait for the end of its output */
    bool paused;
    int status;
    struct output outputs[2]; /* [0] is the terminal of a pty */
    struct source input;      /* stdin; in the loop only while a write waits */
    int input_fd;             /* -1: none or closed; a pty's terminal */
    bool input_blocked;
    struct conn *subscribers;
    struct conn *inputs; /* oldest first; see input.c */
    struct ring ring;
    struct timer forget; /* of an exit */
};

/* 0, or -1 with errno. */
int process_open(void);
/* SIGKILL to everything but the agent; the deadline. */
void process_kill_all(void);

/* Whether a selector means it: by tag unless that is NULL. */
bool process_is(const struct process *process, pid_t pid, const char *tag);
/* Reads a selector; NULL if it names none that runs. */
struct process *process_select(struct reader *reader);
/* Answers that there is no such process. */
void process_unknown(struct conn *conn);

void process_spawn(struct conn *conn, struct reader *reader);
void process_attach(struct conn *conn, struct reader *reader);
void process_list(struct conn *conn, struct reader *reader);
void process_signal(struct conn *conn, struct reader *reader);
void process_resize(struct conn *conn, struct reader *reader);

/* From input.c: the requests INPUT and CLOSE_INPUT, and what process.c must tell it. */
void process_input(struct conn *conn, struct reader *reader);
void process_close_input(struct conn *conn, struct reader *reader);
void input_writable(struct process *process);
void input_over(struct process *process);
/* From process.c for input.c: `input_blocked` changed. */
void process_sync(struct process *process);

/* From spawn.c for process.c: the table's newest. The first subscriber is `conn`. */
void process_started(struct process *process, struct conn *conn);
/* How many run. */
size_t process_count(void);

#endif
