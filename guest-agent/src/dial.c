/*
 * DIAL. See dial.h. Without a host the guest's own addresses are tried one after the other.
 */
#include "dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "operations.h"
#include "relay.h"

enum { CANDIDATES = 3 };

struct dial {
    struct conn *conn;
    struct source source;
    struct timer timer;
    struct address candidates[CANDIDATES];
    int count;
    int next;
    int error; /* of the candidates so far; a refusal says most */
};

static struct timer_queue patience = {.milliseconds = 10000};

static void try_next(struct dial *d);

static void dial_free(struct dial *d) {
    timer_stop(&d->timer);
    source_close(&d->source);
    loop_later(free, d);
}

static void gone(struct conn *c) {
    dial_free(c->owner);
}

static const struct conn_calls CALLS = {.gone = gone};

static void give_up(struct dial *d, enum category category, int error) {
    struct conn *c = d->conn;
    char message[128];
    snprintf(message, sizeof message, "Connect to the guest's port: %s", strerror(error));
    conn_error(c, category, error, message, "");
    dial_free(d);
    conn_ready(c);
}

static void timed_out(struct timer *timer) {
    give_up(CONTAINER_OF(timer, struct dial, timer), TIMEOUT, ETIMEDOUT);
}

static void connected(struct dial *d) {
    struct conn *c = d->conn;
    int fd = d->source.fd;
    source_remove(&d->source);
    dial_free(d);
    relay_start(c, fd);
}

static void failed(struct dial *d, int error) {
    source_close(&d->source);
    d->error = d->error == ECONNREFUSED ? d->error : error;
    try_next(d);
}

static void answered(struct source *source, uint32_t events) {
    (void)events;
    struct dial *d = CONTAINER_OF(source, struct dial, source);
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(source->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0) {
        connected(d);
    } else {
        failed(d, error);
    }
}

static enum category category_of_connect(int error) {
    switch (error) {
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return UNAVAILABLE;
    case ETIMEDOUT:
        return TIMEOUT;
    default:
        return category_of(error);
    }
}

static void try_next(struct dial *d) {
    while (d->next < d->count) {
        const struct address *a = &d->candidates[d->next++];
        int fd = socket(a->to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        int error = fd < 0 || (connect(fd, &a->to.any, a->length) < 0 && errno != EINPROGRESS) ? errno : 0;
        if (error == 0 && source_add(&d->source, fd, EPOLLOUT) == 0) {
            return;
        }
        if (fd >= 0) {
            close(fd);
        }
        d->error = d->error == ECONNREFUSED ? d->error : error != 0 ? error : errno;
    }
    give_up(d, category_of_connect(d->error), d->error);
}

static bool find_candidates(struct dial *d, const char *host, uint16_t port) {
    if (*host != 0) {
        d->count = address_parse(host, port, &d->candidates[0]) ? 1 : 0;
        return d->count == 1;
    }
    d->count += address_parse("127.0.0.1", port, &d->candidates[d->count]) ? 1 : 0;
    d->count += address_parse("::1", port, &d->candidates[d->count]) ? 1 : 0;
    d->count += address_of_interface("eth0", port, &d->candidates[d->count]) ? 1 : 0;
    return true;
}

void dial_start(struct conn *c, struct reader *r) {
    struct dial *d = calloc(1, sizeof *d);
    const char *host = read_string(r);
    uint16_t port = read_u16(r);
    if (r->bad || d == NULL || port == 0) {
        operation_malformed(c);
        free(d);
        return;
    }
    if (!find_candidates(d, host, port)) {
        conn_error(c, INVALID, EINVAL, "The host to connect to is not an IP address", "");
        free(d);
        return;
    }
    d->conn = c;
    d->source = (struct source){.fd = -1, .ready = answered};
    d->timer.expired = timed_out;
    conn_take(c, CONN_BUSY, &CALLS, d);
    timer_start(&d->timer, &patience);
    try_next(d);
}
