/*
 * Internet addresses of the guest, IPv4 and IPv6. Used by dial.c and serve.c.
 */
#ifndef CAISSON_ADDRESS_H
#define CAISSON_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } to;
    socklen_t length;
};

enum { ADDRESS_TEXT = INET6_ADDRSTRLEN };

/* An IP literal; false if it is none. */
bool address_parse(const char *text, uint16_t port, struct address *address);
/* The IPv4 address of a network interface; false if it has none. */
bool address_of_interface(const char *name, uint16_t port, struct address *address);
/*
 * The next connection of a listening socket, non-blocking; -1 if there is none. When descriptors have run out it is
 * refused at once, so that it does not keep the loop awake. `from` may be NULL. Loop thread only.
 */
int address_accept(int listener, struct address *from);
void address_text(const struct address *address, char text[ADDRESS_TEXT]);
uint16_t address_port(const struct address *address);

#endif
