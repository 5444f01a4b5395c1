/*
 * The guest agent: PID 1 of every sandbox, or an ordinary process in tests. Speaks PROTOCOL.md with the host.
 *
 * Environment: CAISSON_LINK_KEY (64 hex digits, required, wiped at once), CAISSON_LINK_PORT (49982),
 * CAISSON_LINK_ADDRESS (0.0.0.0). It mounts nothing; the engine did.
 *
 * How it is built: one loop (loop.c) owns connections (conn.c), processes, watches and relays; workers (worker.c) do what
 * may block on a file system. operations.c says which request goes where.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth.h"
#include "conn.h"
#include "environment.h"
#include "launch.h"
#include "operations.h"
#include "loop.h"
#include "process.h"
#include "worker.h"

enum { PORT = 49982, EXIT_USAGE = 64 };

static _Noreturn void die(const char *what) {
    dprintf(2, "guest-agent: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Descriptors 0-2 must exist, so that nothing the agent opens gets their numbers. */
static void hold_standard_descriptors(void) {
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= 2);
    if (fd > 2) {
        close(fd);
    }
}

/*
 * SIGCHLD is read from a descriptor, SIGPIPE told by writes. PID 1 blocks all that can be blocked: gVisor does not keep
 * every signal of the guest's root away from it, as Linux does. Children start with none blocked and none ignored.
 */
static void set_signals(void) {
    static const int FAULTS[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGPIPE);
    if (getpid() == 1) {
        sigfillset(&blocked);
        for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
            sigdelset(&blocked, FAULTS[i]);
        }
    }
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
}

static void take_key(void) {
    char hex[2 * KEY_SIZE + 1];
    bool good = environment_take_own("CAISSON_LINK_KEY", hex, sizeof hex) && auth_first_key(hex);
    explicit_bzero(hex, sizeof hex);
    if (!good) {
        dprintf(2, "guest-agent: CAISSON_LINK_KEY must hold the link's key as 64 hex digits\n");
        exit(EXIT_USAGE);
    }
}

static struct sockaddr_in own_address(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    const char *port = getenv("CAISSON_LINK_PORT");
    const char *host = getenv("CAISSON_LINK_ADDRESS");
    if (port != NULL) {
        address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    }
    if (host != NULL && inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        dprintf(2, "guest-agent: CAISSON_LINK_ADDRESS '%s' is no IPv4 address\n", host);
        exit(EXIT_USAGE);
    }
    return address;
}

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "--version") == 0) {
        dprintf(1, "%s\n", AGENT_VERSION);
        return 0;
    }
    hold_standard_descriptors();
    set_signals();
    umask(022);
    launch_open();
    take_key();
    struct sockaddr_in address = own_address();
    if (loop_open() < 0 || process_open() < 0 || worker_open() < 0) {
        die("set up");
    }
    if (conn_listen(&address) < 0) {
        die("listen for the host");
    }
    loop_run(conn_after_round);
}
