/*
 * Connections of the link. See conn.h.
 */
#include "conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "handshake.h"
#include "operations.h"
#include "worker.h"

enum {
    UNKNOWN_MAX = 64,
    CONN_MAX = 4096,
    RECEIVE_MAX = 65536,
    UNSENT_ANSWERS_MAX = 262144,
};

static struct timer_queue auth_time = {.milliseconds = 5000};
static struct timer_queue idle_time = {.milliseconds = 60000};
static struct timer_queue stall_time = {.milliseconds = 30000};
static struct conn *dirty;
static struct conn *unknown; /* newest first */
static struct conn *open_ones;
static unsigned unknown_count;
static unsigned conn_count;

static bool reads(const struct conn *c) {
    switch (c->state) {
    case CONN_AUTH:
    case CONN_DISCARD:
        return true;
    case CONN_READY:
        return c->out.length < UNSENT_ANSWERS_MAX;
    case CONN_DATA:
        return !c->held;
    case CONN_BUSY:
    case CONN_LENT:
    case CONN_CLOSING:
    case CONN_DEAD:
        return false;
    }
    return false;
}

void conn_touch(struct conn *c) {
    if (!c->dirty && c->state != CONN_LENT && c->state != CONN_DEAD) {
        c->dirty = true;
        c->next_dirty = dirty;
        dirty = c;
    }
}

static void forget_unknown(struct conn *c) {
    for (struct conn **at = &unknown; *at != NULL; at = &(*at)->next_unknown) {
        if (*at == c) {
            *at = c->next_unknown;
            unknown_count--;
            return;
        }
    }
}

static void remember_open(struct conn *c) {
    c->next_open = open_ones;
    if (open_ones != NULL) {
        open_ones->previous_open = c;
    }
    open_ones = c;
    conn_count++;
}

static void forget_open(struct conn *c) {
    *(c->previous_open != NULL ? &c->previous_open->next_open : &open_ones) = c->next_open;
    if (c->next_open != NULL) {
        c->next_open->previous_open = c->previous_open;
    }
    conn_count--;
}

static void conn_free(void *argument) {
    struct conn *c = argument;
    buffer_free(&c->in);
    buffer_free(&c->out);
    buffer_free(&c->parts);
    free(c);
}

void conn_close(struct conn *c) {
    if (c->state == CONN_DEAD) {
        return;
    }
    if (c->state == CONN_AUTH) {
        forget_unknown(c);
    }
    c->state = CONN_DEAD;
    forget_open(c);
    timer_stop(&c->timer);
    source_close(&c->source);
    if (c->calls != NULL && c->calls->gone != NULL) {
        c->calls->gone(c);
    }
    loop_later(conn_free, c);
}

void conn_close_others(const struct conn *keep) {
    struct conn *next;
    for (struct conn *c = open_ones; c != NULL; c = next) {
        next = c->next_open;
        if (c->state == CONN_LENT) {
            shutdown(c->source.fd, SHUT_RDWR);
        } else if (c != keep) {
            conn_close(c);
        }
    }
}

int conn_detach(struct conn *c) {
    int fd = c->source.fd;
    source_remove(&c->source);
    c->calls = NULL;
    conn_close(c);
    return fd;
}

static void expired(struct timer *timer) {
    struct conn *c = CONTAINER_OF(timer, struct conn, timer);
    if (c->state == CONN_DATA && c->calls->stalled != NULL) {
        c->calls->stalled(c);
    } else if (c->state == CONN_READY && c->out.length > 0) {
        timer_start(&c->timer, &idle_time); /* not silent but slow: it still has an answer to read */
    } else {
        conn_close(c);
    }
}

void conn_take(struct conn *c, enum conn_state state, const struct conn_calls *calls, void *owner) {
    timer_stop(&c->timer);
    c->state = state;
    c->calls = calls;
    c->owner = owner;
    c->held = false;
    conn_touch(c);
}

static void release(struct conn *c, enum conn_state state) {
    if (c->state == CONN_DEAD) {
        return;
    }
    timer_stop(&c->timer);
    c->state = state;
    c->calls = NULL;
    c->owner = NULL;
    conn_touch(c);
}

void conn_ready(struct conn *c) {
    release(c, CONN_READY);
    if (c->state == CONN_READY) {
        timer_start(&c->timer, &idle_time);
    }
}

void conn_finish(struct conn *c) {
    release(c, CONN_CLOSING);
}

void conn_hold(struct conn *c, bool held) {
    c->held = held;
    conn_touch(c);
}

void conn_expect(struct conn *c, bool expected) {
    if (expected) {
        timer_start(&c->timer, &stall_time);
    } else {
        timer_stop(&c->timer);
    }
}

bool conn_is_high(const struct conn *c) {
    return c->out.length > CONN_HIGH_WATER;
}

static void authenticate(struct conn *c, const uint8_t *auth) {
    uint8_t answer[PROOF_SIZE];
    enum auth_result result = handshake_check(c->nonce, auth, answer);
    if (result == AUTH_DENIED) {
        conn_close(c);
        return;
    }
    forget_unknown(c);
    c->previous_key = result == AUTH_PREVIOUS;
    c->state = CONN_READY;
    timer_start(&c->timer, &idle_time);
    deadline_contact();
    size_t place = message_begin(&c->out, FRAME_WELCOME);
    put_raw(&c->out, answer, sizeof answer);
    message_end(&c->out, place);
}

static void take_request(struct conn *c, uint8_t type, uint8_t *payload, size_t length) {
    if (c->previous_key && type != FRAME_INIT && type != FRAME_AWAKE) {
        conn_error(c, DENIED, 0, "This key has been replaced; use the one given last", "");
        return;
    }
    struct reader reader = {payload, length, false};
    timer_start(&c->timer, &idle_time);
    operation_start(c, type, &reader);
}

/* Joins PART frames to the frame they belong to. */
static void take_part(struct conn *c, uint8_t type, uint8_t *payload, size_t length) {
    if (c->parts.length + length > MESSAGE_MAX) {
        conn_close(c);
        return;
    }
    put_raw(&c->parts, payload, length);
    if (c->parts.failed) {
        conn_close(c);
        return;
    }
    if (type == FRAME_PART) {
        return;
    }
    struct buffer whole = c->parts;
    c->parts = (struct buffer){0};
    take_request(c, type, whole.bytes + whole.start, whole.length);
    buffer_free(&whole);
}

static void take_data(struct conn *c, uint8_t type, const uint8_t *payload, size_t length) {
    bool end = type == FRAME_END && length == 0;
    if (!end && (type != FRAME_DATA || length == 0)) {
        conn_close(c);
    } else if (c->state == CONN_DATA) {
        c->calls->data(c, payload, length);
    } else if (end) {
        conn_ready(c);
    }
}

static void take_frame(struct conn *c, uint8_t type, uint8_t *payload, size_t length) {
    if (c->state == CONN_AUTH) {
        authenticate(c, payload);
    } else if (c->state != CONN_READY) {
        take_data(c, type, payload, length);
    } else if (type == FRAME_PART || c->parts.length > 0) {
        take_part(c, type, payload, length);
    } else {
        take_request(c, type, payload, length);
    }
}

/* Length of the frame that `in` starts with; 0 if its header is not complete, SIZE_MAX if it breaks the protocol. */
static size_t frame_length(const struct conn *c) {
    if (c->in.length < FRAME_HEADER) {
        return 0;
    }
    const uint8_t *at = buffer_front(&c->in);
    size_t length = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    if (c->state == CONN_AUTH && (length != HANDSHAKE_AUTH || at[4] != FRAME_AUTH)) {
        return SIZE_MAX;
    }
    return length > FRAME_PAYLOAD_MAX ? SIZE_MAX : length + FRAME_HEADER;
}

/* Takes a frame off `in`. Not by buffer_take: its bytes stay valid until `in` is next touched. */
static uint8_t *take_off(struct conn *c, size_t length) {
    uint8_t *frame = c->in.bytes + c->in.start;
    c->in.start += length;
    c->in.length -= length;
    return frame;
}

static void take_frames(struct conn *c) {
    while (reads(c)) {
        size_t length = frame_length(c);
        if (length == SIZE_MAX) {
            conn_close(c);
            return;
        }
        if (length == 0 || c->in.length < length) {
            return;
        }
        uint8_t *frame = take_off(c, length);
        take_frame(c, frame[4], frame + FRAME_HEADER, length - FRAME_HEADER);
        buffer_take(&c->in, 0);
        if (c->state == CONN_LENT) {
            worker_submit(c); /* only now: from here on the worker reads from `in` */
        }
    }
}

static void receive(struct conn *c) {
    size_t most = c->state == CONN_DATA ? RECEIVE_MAX : 8192;
    while (reads(c)) {
        uint8_t *room = buffer_room(&c->in, most);
        ssize_t got = room == NULL ? 0 : recv(c->source.fd, room, most, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            buffer_take(&c->in, 0);
            return;
        }
        if (got <= 0) {
            conn_close(c);
            return;
        }
        buffer_added(&c->in, (size_t)got);
        take_frames(c);
        if ((size_t)got < most) {
            return;
        }
    }
}

/* Sends what the socket takes. False if it broke. */
static bool flush(struct conn *c) {
    while (c->out.length > 0) {
        ssize_t sent = send(c->source.fd, buffer_front(&c->out), c->out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN;
        }
        buffer_take(&c->out, (size_t)sent);
    }
    return !c->out.failed;
}

static uint32_t wanted(const struct conn *c) {
    /* Edge-triggered where nothing is read: gVisor tells of a closed peer only those who want EPOLLIN. */
    return EPOLLIN | EPOLLRDHUP | (reads(c) ? 0 : EPOLLET) | (c->out.length > 0 ? EPOLLOUT : 0);
}

static void serve(struct conn *c) {
    take_frames(c);
    if (c->state == CONN_DEAD || c->state == CONN_LENT) {
        return;
    }
    c->was_high = c->was_high || conn_is_high(c);
    if (!flush(c) || (c->state == CONN_CLOSING && c->out.length == 0)) {
        conn_close(c);
        return;
    }
    if (c->was_high && !conn_is_high(c)) {
        c->was_high = false;
        if (c->calls != NULL && c->calls->drained != NULL) {
            c->calls->drained(c);
        }
    }
    source_want(&c->source, wanted(c));
}

void conn_after_round(void) {
    while (dirty != NULL) {
        struct conn *c = dirty;
        dirty = c->next_dirty;
        c->dirty = false;
        if (c->state != CONN_DEAD && c->state != CONN_LENT) {
            serve(c);
        }
    }
}

static void conn_event(struct source *source, uint32_t events) {
    struct conn *c = CONTAINER_OF(source, struct conn, source);
    if (reads(c) && (events & EPOLLIN)) {
        receive(c);
    } else if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        conn_close(c);
    }
    conn_touch(c);
}

static void displace_oldest_unknown(void) {
    struct conn *oldest = unknown;
    while (oldest != NULL && oldest->next_unknown != NULL) {
        oldest = oldest->next_unknown;
    }
    if (unknown_count > UNKNOWN_MAX) {
        conn_close(oldest);
    }
}

struct conn *conn_welcome(int fd) {
    struct conn *c = conn_count >= CONN_MAX ? NULL : calloc(1, sizeof *c);
    if (c == NULL || source_add(&c->source, fd, EPOLLIN | EPOLLRDHUP) < 0) {
        close(fd);
        free(c);
        return NULL;
    }
    c->source.ready = conn_event;
    c->timer.expired = expired;
    c->next_unknown = unknown;
    unknown = c;
    unknown_count++;
    remember_open(c);
    timer_start(&c->timer, &auth_time);
    auth_random(c->nonce, sizeof c->nonce);
    size_t place = message_begin(&c->out, FRAME_HELLO);
    handshake_hello(&c->out, c->nonce);
    message_end(&c->out, place);
    conn_touch(c);
    displace_oldest_unknown();
    return c;
}

static bool wait_for(const struct conn *c, short events) {
    struct pollfd poll_fd = {.fd = c->source.fd, .events = events};
    return poll(&poll_fd, 1, -1) >= 0 || errno == EINTR;
}

bool conn_flush_blocking(struct conn *c) {
    while (!c->broken && c->out.length > 0) {
        c->broken = !flush(c) || (c->out.length > 0 && !wait_for(c, POLLOUT));
    }
    c->broken = c->broken || c->out.failed;
    return !c->broken;
}

static bool receive_blocking(struct conn *c) {
    for (;;) {
        uint8_t *room = buffer_room(&c->in, RECEIVE_MAX);
        ssize_t got = room == NULL ? 0 : recv(c->source.fd, room, RECEIVE_MAX, MSG_DONTWAIT);
        if (got > 0) {
            buffer_added(&c->in, (size_t)got);
            return true;
        }
        bool again = got < 0 && (errno == EAGAIN || errno == EINTR);
        if (!again || !wait_for(c, POLLIN)) {
            return false;
        }
    }
}

bool conn_frame_blocking(struct conn *c, uint8_t *type, uint8_t **payload, size_t *length) {
    size_t whole;
    while ((whole = frame_length(c)) == 0 || c->in.length < whole) {
        if (whole == SIZE_MAX || !receive_blocking(c)) {
            c->broken = true;
            return false;
        }
    }
    uint8_t *frame = take_off(c, whole);
    *type = frame[4];
    *payload = frame + FRAME_HEADER;
    *length = whole - FRAME_HEADER;
    return true;
}

void conn_lend(struct conn *c) {
    int fd = c->source.fd;
    timer_stop(&c->timer);
    source_remove(&c->source);
    c->source.fd = fd;
    c->state = CONN_LENT;
}

void conn_return(struct conn *c) {
    int fd = c->source.fd;
    void (*installed)(struct conn *) = c->installed;
    c->source.fd = -1;
    c->installed = NULL;
    c->state = CONN_BUSY;
    if (c->broken || source_add(&c->source, fd, EPOLLIN | EPOLLRDHUP | EPOLLET) < 0) {
        close(fd);
        conn_close(c);
    } else if (installed == NULL) {
        conn_ready(c);
    }
    if (installed != NULL) {
        installed(c);
    }
}
