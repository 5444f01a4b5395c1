/*
 * Internet addresses. See address.h.
 */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool address_parse(const char *text, uint16_t port, struct address *a) {
    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, text, &a->to.v4.sin_addr) == 1) {
        a->to.v4.sin_family = AF_INET;
        a->to.v4.sin_port = htons(port);
        a->length = sizeof a->to.v4;
        return true;
    }
    if (inet_pton(AF_INET6, text, &a->to.v6.sin6_addr) == 1) {
        a->to.v6.sin6_family = AF_INET6;
        a->to.v6.sin6_port = htons(port);
        a->length = sizeof a->to.v6;
        return true;
    }
    return false;
}

bool address_of_interface(const char *name, uint16_t port, struct address *a) {
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    memcpy(request.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
    bool found = ioctl(fd, SIOCGIFADDR, &request) == 0 && request.ifr_addr.sa_family == AF_INET;
    close(fd);
    memset(a, 0, sizeof *a);
    memcpy(&a->to.v4, &request.ifr_addr, sizeof a->to.v4);
    a->to.v4.sin_port = htons(port);
    a->length = sizeof a->to.v4;
    return found;
}

/* Kept for the moment when no other descriptor is left. */
static int spare = -1;

static void refuse_one(int listener) {
    close(spare);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
    }
    spare = -1;
}

int address_accept(int listener, struct address *from) {
    struct address ignored;
    from = from == NULL ? &ignored : from;
    from->length = sizeof from->to;
    if (spare < 0) {
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    int fd = accept4(listener, &from->to.any, &from->length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE) && spare >= 0) {
        refuse_one(listener);
    }
    return fd;
}

void address_text(const struct address *a, char text[ADDRESS_TEXT]) {
    bool v4 = a->to.any.sa_family == AF_INET;
    const void *bytes = v4 ? (const void *)&a->to.v4.sin_addr : (const void *)&a->to.v6.sin6_addr;
    if (inet_ntop(a->to.any.sa_family, bytes, text, ADDRESS_TEXT) == NULL) {
        *text = 0;
    }
}

uint16_t address_port(const struct address *a) {
    return ntohs(a->to.any.sa_family == AF_INET ? a->to.v4.sin_port : a->to.v6.sin6_port);
}
