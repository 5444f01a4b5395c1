/*
 * Where the host comes in. Part of conn.h.
 */
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "conn.h"

static struct source listener = {.fd = -1};

static void set_options(int fd) {
    int on = 1, idle = 30, interval = 10, probes = 3;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

static void accept_host(struct source *source, uint32_t events) {
    (void)events;
    int fd = address_accept(source->fd, NULL);
    if (fd >= 0) {
        set_options(fd);
        conn_welcome(fd);
    }
}

int conn_listen(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    listener.ready = accept_host;
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 || listen(fd, 512) < 0
        || source_add(&listener, fd, EPOLLIN) < 0) {
        close(fd);
        return -1;
    }
    return 0;
}
