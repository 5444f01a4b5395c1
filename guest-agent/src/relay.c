/*
 * Raw relays. See relay.h.
 */
#include "relay.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 65536, ROUNDS = 16, LAST_WORDS = 4 << 20 };

struct relay;

/* One of the two sockets. */
struct side {
    struct source source;
    int fd;
    struct buffer out; /* what it has not taken yet */
    bool ended;        /* it will send no more */
    bool shut;         /* we will send it no more */
    bool broken;       /* neither way works any more */
    struct side *other;
    struct relay *relay;
};

struct relay {
    struct side host;
    struct side guest;
    bool over;
    struct relay *next;
    struct relay *previous;
};

static struct relay *relays;

static void close_side(struct side *s, bool reset) {
    struct linger linger = {1, 0};
    source_remove(&s->source);
    if (reset) {
        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    close(s->fd);
    buffer_free(&s->out);
}

/* For every call that gives up on a socket. */
static bool breaks(struct side *s) {
    s->broken = true;
    return false;
}

static void end(struct relay *relay, bool reset) {
    if (!relay->over) {
        relay->over = true;
        *(relay->previous != NULL ? &relay->previous->next : &relays) = relay->next;
        if (relay->next != NULL) {
            relay->next->previous = relay->previous;
        }
        close_side(&relay->host, reset);
        close_side(&relay->guest, reset);
        loop_later(free, relay);
    }
}

void relay_end_all(void) {
    while (relays != NULL) {
        end(relays, true);
    }
}

/* Sends what waits. False if it broke. */
static bool flush(struct side *s) {
    while (s->out.length > 0) {
        ssize_t sent = send(s->fd, buffer_front(&s->out), s->out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return errno == EAGAIN || breaks(s);
        }
        buffer_take(&s->out, sent < 0 ? 0 : (size_t)sent);
    }
    if (s->other->ended && !s->other->broken && !s->shut) {
        shutdown(s->fd, SHUT_WR);
        s->shut = true;
    }
    return true;
}

/* Sends at once what the socket takes and keeps the rest. */
static bool pass_on(struct side *to, const uint8_t *bytes, size_t length) {
    ssize_t sent = send(to->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        return breaks(to);
    }
    size_t done = sent < 0 ? 0 : (size_t)sent;
    put_raw(&to->out, bytes + done, length - done);
    return !to->out.failed;
}

/* Moves bytes from one side to the other while both are willing. False if either broke. */
static bool pump(struct side *from) {
    static uint8_t chunk[CHUNK];
    struct side *to = from->other;
    for (int i = 0; i < ROUNDS && !from->ended && to->out.length == 0; i++) {
        ssize_t got = recv(from->fd, chunk, sizeof chunk, MSG_DONTWAIT);
        if (got < 0 && errno != EINTR) {
            return errno == EAGAIN || breaks(from);
        }
        from->ended = got == 0;
        if (got > 0 && !pass_on(to, chunk, (size_t)got)) {
            return false;
        }
        if (got < (ssize_t)sizeof chunk && got > 0) {
            break;
        }
    }
    return flush(to);
}

static void want(struct side *s) {
    uint32_t reading = !s->ended && s->other->out.length == 0 ? EPOLLIN : 0;
    uint32_t writing = s->out.length > 0 ? EPOLLOUT : 0;
    source_sync(&s->source, s->fd, reading | writing);
}

/* Reads what a broken side said before; it may have answered and closed without reading everything. */
static void hear_out(struct side *dead) {
    static uint8_t chunk[CHUNK];
    struct buffer *out = &dead->other->out;
    ssize_t got = 1;
    while (!dead->ended && got > 0 && !out->failed && out->length < LAST_WORDS) {
        got = recv(dead->fd, chunk, sizeof chunk, MSG_DONTWAIT);
        put_raw(out, chunk, got > 0 ? (size_t)got : 0);
    }
    dead->ended = true;
    source_remove(&dead->source);
    buffer_free(&dead->out);
    dead->out = (struct buffer){0};
}

/* Passes a break on, after what came before it. */
static void pass_break_on(struct relay *relay, struct side *dead) {
    struct side *left = dead->other;
    hear_out(dead);
    if (left->broken || left->out.failed || !flush(left) || left->out.length == 0) {
        end(relay, true);
    } else {
        source_sync(&left->source, left->fd, EPOLLOUT);
    }
}

static void update(struct relay *relay, bool good) {
    if (relay->guest.broken) {
        pass_break_on(relay, &relay->guest);
    } else if (!good || relay->host.broken) {
        end(relay, true);
    } else if (relay->host.shut && relay->guest.shut) {
        end(relay, false);
    } else {
        want(&relay->host);
        want(&relay->guest);
    }
}

/* gVisor reports EPOLLERR for a socket that has ended without error as well. */
static bool has_failed(const struct side *s, uint32_t events) {
    int error = 0;
    socklen_t length = sizeof error;
    return (events & EPOLLERR) && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error != 0;
}

static void side_ready(struct source *source, uint32_t events) {
    struct side *s = CONTAINER_OF(source, struct side, source);
    bool good = !has_failed(s, events) || breaks(s);
    if (good && (events & EPOLLOUT)) {
        good = flush(s) && pump(s->other);
    }
    if (good && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        good = pump(s);
    }
    update(s->relay, good);
}

static void set_side(struct relay *relay, struct side *s, struct side *other, int fd) {
    s->source = (struct source){.fd = -1, .ready = side_ready};
    s->fd = fd;
    s->other = other;
    s->relay = relay;
}

void relay_start(struct conn *c, int fd) {
    struct relay *relay = calloc(1, sizeof *relay);
    int on = 1;
    if (relay == NULL || c->in.length > 0) { /* nothing may follow the request before its DONE */
        free(relay);
        close(fd);
        c->calls = NULL;
        conn_close(c);
        return;
    }
    relay->next = relays;
    if (relays != NULL) {
        relays->previous = relay;
    }
    relays = relay;
    conn_done(c);
    relay->host.out = c->out;
    c->out = (struct buffer){0};
    set_side(relay, &relay->host, &relay->guest, conn_detach(c));
    set_side(relay, &relay->guest, &relay->host, fd);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    update(relay, !relay->host.out.failed && flush(&relay->host));
}
