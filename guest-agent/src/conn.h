/*
 * One connection of the link: handshake, requests in, answers out (PROTOCOL.md §2, §3).
 *
 * The operations (process.c, files.c, …) are called with a connection and a reader over the request, and answer
 * through the functions here. Holds: at most one operation at a time has a connection; whoever took it with conn_take
 * gives it back with conn_ready or conn_finish, or is told by `gone` that it closed. Loop thread only, but for what is
 * marked (worker).
 */
#ifndef CAISSON_CONN_H
#define CAISSON_CONN_H

#include <netinet/in.h>

#include "auth.h"
#include "loop.h"
#include "wire.h"

enum category {
    INVALID = 1,
    UNAUTHENTICATED,
    DENIED,
    NOT_FOUND,
    CONFLICT,
    EXHAUSTED,
    UNAVAILABLE,
    TIMEOUT,
    UNSUPPORTED,
    INTERNAL,
};

enum conn_state {
    CONN_AUTH,     /* waits for AUTH */
    CONN_READY,    /* waits for a request */
    CONN_BUSY,     /* an operation has it; the host has nothing to say */
    CONN_DATA,     /* an operation has it and gets its DATA and END */
    CONN_DISCARD,  /* an operation failed; DATA up to END is thrown away */
    CONN_LENT,     /* a worker has it */
    CONN_CLOSING,  /* closes when everything is sent */
    CONN_DEAD,
};

/* Above this many unsent bytes a stream makes its source wait. */
enum { CONN_HIGH_WATER = 65536 };

struct conn;

/* What an operation that took a connection wants to hear. Each may be NULL. */
struct conn_calls {
    /* Closed, by the host or by a fault. The connection is about to be freed. */
    void (*gone)(struct conn *conn);
    /* The unsent bytes fell below CONN_HIGH_WATER. */
    void (*drained)(struct conn *conn);
    /* In CONN_DATA: bytes came, or the end (length 0, once). */
    void (*data)(struct conn *conn, const uint8_t *bytes, size_t length);
    /* Nothing came for 30 s though conn_expect was called. */
    void (*stalled)(struct conn *conn);
};

struct conn {
    struct source source;
    enum conn_state state;
    bool previous_key; /* opened with it, and has not brought the next one */
    bool held;       /* in CONN_DATA: reading waits */
    bool dirty;      /* on the list of those to serve at the end of the round */
    bool was_high;
    bool broken;     /* a worker found it closed */
    uint8_t nonce[NONCE_SIZE];
    struct buffer in;
    struct buffer out;
    struct buffer parts;
    struct timer timer;
    struct conn *next_dirty;
    const struct conn_calls *calls;
    void *owner;
    struct conn *next; /* for the owner's list */
    struct conn *next_unknown; /* those in CONN_AUTH */
    struct conn *next_open;
    struct conn *previous_open;
    struct job *job; /* what a worker is to do with it */
    void (*installed)(struct conn *conn); /* run in the loop when a worker gives it back, instead of conn_ready */
};

/* Listens for the host. 0, or -1 with errno. */
int conn_listen(const struct sockaddr_in *address);
/* Begins the handshake on a new non-blocking socket, which it owns. NULL, and closed, if there are too many. */
struct conn *conn_welcome(int fd);
/* Serves connections that changed; to be called at the end of each round. */
void conn_after_round(void);

/* Takes the connection for an operation. */
void conn_take(struct conn *conn, enum conn_state state, const struct conn_calls *calls, void *owner);
/* The operation is over; the next request may come. */
void conn_ready(struct conn *conn);
/* Sends what is unsent, then closes. */
void conn_finish(struct conn *conn);
void conn_close(struct conn *conn);
/* Closes all but this one; those that a worker has as soon as it gives them back. */
void conn_close_others(const struct conn *conn);
/* In CONN_DATA: stops or resumes reading. */
void conn_hold(struct conn *conn, bool held);
/* In CONN_DATA: starts or stops the 30 s after which `stalled` is called. */
void conn_expect(struct conn *conn, bool expected);
/* To be called by whoever appended to `out` outside a request's handler. */
void conn_touch(struct conn *conn);
bool conn_is_high(const struct conn *conn);
/* Takes the socket out; the connection then closes without closing it. */
int conn_detach(struct conn *conn);

/* Answers (also worker). */
void conn_done(struct conn *conn);
void conn_error(struct conn *conn, enum category category, int error, const char *message, const char *path);
/* An error of a system call: "<what>: <its text>", categorised as PROTOCOL.md §3 says. */
void conn_errno(struct conn *conn, int error, const char *what, const char *path);
enum category category_of(int error);

/* (worker) Sends all of `out`. False if the connection broke. */
bool conn_flush_blocking(struct conn *conn);
/* (worker) The next frame; its payload is valid until the next call. False if the connection broke. */
bool conn_frame_blocking(struct conn *conn, uint8_t *type, uint8_t **payload, size_t *length);
/* Used by worker.c: lends the connection out and takes it back. */
void conn_lend(struct conn *conn);
void conn_return(struct conn *conn);

#endif
