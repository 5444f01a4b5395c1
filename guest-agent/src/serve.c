/*
 * Served ports. See serve.h. A connection made in the guest waits under an id until the host takes it with ACCEPT.
 */
#include "serve.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "operations.h"
#include "relay.h"

enum { WAITING_MAX = 128, BACKLOG = 128 };

/* A port, for as long as the host's SERVE connection is open. */
struct service {
    struct conn *conn;
    struct source source;
    int fd;
    int waiting;
};

/* A connection that the host has not taken yet. */
struct visitor {
    struct visitor *next;
    struct service *service;
    uint64_t id;
    int fd;
    struct timer timer;
};

static struct visitor *visitors;
static uint64_t last_id;
static struct timer_queue patience = {.milliseconds = 10000};

static void listen_if_room(struct service *s) {
    source_sync(&s->source, s->fd, s->waiting < WAITING_MAX ? EPOLLIN : 0);
}

/* Takes it off the list; its descriptor is the caller's. */
static int take(struct visitor *v) {
    for (struct visitor **at = &visitors; *at != NULL; at = &(*at)->next) {
        if (*at == v) {
            *at = v->next;
            break;
        }
    }
    int fd = v->fd;
    timer_stop(&v->timer);
    v->service->waiting--;
    listen_if_room(v->service);
    free(v);
    return fd;
}

static void drop(struct visitor *v) {
    struct linger linger = {1, 0};
    int fd = take(v);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}

static void not_taken(struct timer *timer) {
    drop(CONTAINER_OF(timer, struct visitor, timer));
}

static void gone(struct conn *c) {
    struct service *s = c->owner;
    struct visitor *next;
    for (struct visitor *v = visitors; v != NULL; v = next) {
        next = v->next;
        if (v->service == s) {
            drop(v);
        }
    }
    source_remove(&s->source);
    close(s->fd);
    loop_later(free, s);
}

static const struct conn_calls CALLS = {.gone = gone};

static void announce(struct service *s, const struct visitor *v, const struct address *from) {
    char text[ADDRESS_TEXT];
    address_text(from, text);
    size_t place = message_begin(&s->conn->out, FRAME_INCOMING);
    put_u64(&s->conn->out, v->id);
    put_string(&s->conn->out, text);
    put_u16(&s->conn->out, address_port(from));
    message_end(&s->conn->out, place);
    conn_touch(s->conn);
}

static void visited(struct source *source, uint32_t events) {
    (void)events;
    struct service *s = CONTAINER_OF(source, struct service, source);
    struct address from;
    int fd = address_accept(source->fd, &from);
    struct visitor *v = fd < 0 ? NULL : calloc(1, sizeof *v);
    if (v == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    *v = (struct visitor){.next = visitors, .service = s, .id = ++last_id, .fd = fd, .timer = {.expired = not_taken}};
    visitors = v;
    s->waiting++;
    timer_start(&v->timer, &patience);
    announce(s, v, &from);
    listen_if_room(s);
}

/* A listening socket; -1 with errno. */
static int listen_on(struct address *address) {
    int on = 1;
    int fd = socket(address->to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->to.any.sa_family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, &address->to.any, address->length) < 0 || listen(fd, BACKLOG) < 0
        || getsockname(fd, &address->to.any, &address->length) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static void refuse(struct conn *c, int error) {
    if (error == EADDRINUSE) {
        conn_error(c, CONFLICT, error, "Listen in the guest: the port is in use", "");
    } else if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT) {
        conn_error(c, INVALID, error, "Listen in the guest: it has no such address", "");
    } else {
        conn_errno(c, error, "Listen in the guest", "");
    }
}

static void begin(struct conn *c, int fd, const struct address *address) {
    struct service *s = calloc(1, sizeof *s);
    if (s == NULL) {
        close(fd);
        conn_close(c);
        return;
    }
    *s = (struct service){.conn = c, .source = {.fd = -1, .ready = visited}, .fd = fd};
    conn_take(c, CONN_BUSY, &CALLS, s);
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_u16(&c->out, address_port(address));
    message_end(&c->out, place);
    listen_if_room(s);
}

void serve_start(struct conn *c, struct reader *r) {
    const char *host = read_string(r);
    uint16_t port = read_u16(r);
    struct address address;
    if (r->bad) {
        operation_malformed(c);
    } else if (!address_parse(host, port, &address)) {
        conn_error(c, INVALID, EINVAL, "The host to listen on is not an IP address", "");
    } else {
        int fd = listen_on(&address);
        if (fd < 0) {
            refuse(c, errno);
        } else {
            begin(c, fd, &address);
        }
    }
}

void serve_accept(struct conn *c, struct reader *r) {
    uint64_t id = read_u64(r);
    struct visitor *v = visitors;
    while (v != NULL && v->id != id) {
        v = v->next;
    }
    if (r->bad) {
        operation_malformed(c);
    } else if (v == NULL) {
        conn_error(c, NOT_FOUND, 0, "No connection waits under this id", "");
    } else {
        relay_start(c, take(v));
    }
}
