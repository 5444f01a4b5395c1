/*
 * Pseudo-terminals (pts(4)). See pty.h.
 */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not ioctl(): the C libraries do not agree on the type of its second argument. */
static long control(int fd, unsigned long request, void *argument) {
    return syscall(SYS_ioctl, fd, request, argument);
}

static int open_terminal(int own, struct winsize *size) {
    int unlock = 0;
    unsigned number;
    char path[32];
    if (control(own, TIOCSPTLCK, &unlock) < 0 || control(own, TIOCGPTN, &number) < 0) {
        return -1;
    }
    snprintf(path, sizeof path, "/dev/pts/%u", number);
    int terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0 && control(terminal, TIOCSWINSZ, size) < 0) {
        close(terminal);
        return -1;
    }
    return terminal;
}

int pty_open(uint16_t columns, uint16_t rows, uid_t owner, int *terminal) {
    struct winsize size = {.ws_col = columns, .ws_row = rows};
    int own = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (own < 0) {
        return -1;
    }
    *terminal = open_terminal(own, &size);
    if (*terminal < 0) {
        int error = errno;
        close(own);
        errno = error;
        return -1;
    }
    int ignored = fchown(*terminal, owner, (gid_t)-1); /* so that programs can open it by name */
    (void)ignored;
    return own;
}
