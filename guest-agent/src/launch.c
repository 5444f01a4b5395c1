/*
 * Between clone and exec. See launch.h.
 *
 * The child shares the agent's memory and must not touch anything a thread of the agent relies on: no malloc, no locks,
 * no C library wrappers that do more than the call (setuid and the like would stop all threads of the agent).
 */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define CHILD __attribute__((no_sanitize("address", "undefined")))
enum { CHILD_STACK = 262144 };
#else
#define CHILD
enum { CHILD_STACK = 32768 };
#endif

enum { EXIT_NOT_FOUND = 127, EXIT_NOT_EXECUTABLE = 126 };

struct child {
    const struct launch *launch;
    /* What failed before exec; read by the parent, which runs on when the child has exec'ed or ended. */
    volatile int error;
    volatile bool folder_failed;
    char path[PATH_MAX];
};

/* RLIMIT_NOFILE as the agent found it. */
static struct rlimit open_files;

/* One start at a time: the loop thread waits for it. */
static struct child child;
static char child_stack[CHILD_STACK] __attribute__((aligned(64)));

CHILD static size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

CHILD static void say(const char *text) {
    long ignored = syscall(SYS_write, 2, text, length_of(text));
    (void)ignored;
}

CHILD static _Noreturn void fail(int error) {
    child.error = error;
    for (;;) {
        syscall(SYS_exit_group, EXIT_NOT_EXECUTABLE);
    }
}

CHILD static _Noreturn void cannot_run(int error) {
    int code = error == ENOENT || error == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
    say(child.launch->arguments[1]);
    say(code == EXIT_NOT_FOUND                           ? ": not found\n"
        : error == EACCES || error == EPERM || error == EISDIR ? ": Permission denied\n"
        : error == E2BIG                                 ? ": Argument list too long\n"
                                                         : ": cannot be executed\n");
    for (;;) {
        syscall(SYS_exit_group, code);
    }
}

/* Tries one path; a file without "#!" is given to the shell, as execvp does. Returns the error. */
CHILD static int try_path(const char *path) {
    const struct launch *l = child.launch;
    syscall(SYS_execve, path, l->arguments + 1, l->environment);
    int error = errno;
    if (error == ENOEXEC) {
        l->arguments[0] = "/bin/sh";
        l->arguments[1] = path;
        syscall(SYS_execve, "/bin/sh", l->arguments, l->environment);
    }
    return error;
}

/* Joins a folder of the search path and the command. False if that is too long. */
CHILD static bool join(const char *folder, size_t folder_length, const char *command) {
    size_t length = length_of(command);
    if (folder_length + length + 2 > sizeof child.path) {
        return false;
    }
    for (size_t i = 0; i < folder_length; i++) {
        child.path[i] = folder[i];
    }
    child.path[folder_length] = '/';
    for (size_t i = 0; i <= length; i++) {
        child.path[folder_length + 1 + i] = command[i];
    }
    return true;
}

/* Searches as a shell does: the first that runs; one that may not be run is remembered and the search goes on. */
CHILD static int search(const char *command) {
    int worst = ENOENT;
    const char *at = child.launch->search;
    for (;;) {
        size_t length = 0;
        while (at[length] != 0 && at[length] != ':') {
            length++;
        }
        if (join(length == 0 ? "." : at, length == 0 ? 1 : length, command)) {
            int error = try_path(child.path);
            worst = error == ENOENT || error == ENOTDIR ? worst : error;
        }
        if (at[length] == 0) {
            return worst;
        }
        at += length + 1;
    }
}

CHILD static bool has_slash(const char *text) {
    for (; *text != 0; text++) {
        if (*text == '/') {
            return true;
        }
    }
    return false;
}

CHILD static void set_standard(const struct launch *l) {
    for (int fd = 0; fd < 3; fd++) {
        /* The agent's own are never 0-2 (main.c), so nothing is overwritten before it is used. */
        if (syscall(SYS_dup3, l->standard[fd], fd, 0) < 0) {
            fail(errno);
        }
    }
    if (l->terminal && syscall(SYS_ioctl, 0, TIOCSCTTY, 0) < 0) {
        fail(errno);
    }
}

CHILD static void set_limits(const struct launch *l) {
    uint64_t files[2] = {open_files.rlim_cur, open_files.rlim_max};
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, files, NULL);
    for (size_t i = 0; i < l->limit_count; i++) {
        uint64_t pair[2] = {l->limits[i].soft, l->limits[i].hard};
        if (syscall(SYS_prlimit64, 0, l->limits[i].resource, pair, NULL) < 0) {
            fail(errno);
        }
    }
}

CHILD static void set_ids(const struct launch *l) {
    if (l->as_self) {
        return;
    }
    if (syscall(SYS_setgroups, l->group_count, l->groups) < 0 || syscall(SYS_setresgid, l->gid, l->gid, l->gid) < 0
        || syscall(SYS_setresuid, l->uid, l->uid, l->uid) < 0) {
        fail(errno);
    }
}

CHILD static int child_main(void *argument) {
    const struct launch *l = argument;
    uint64_t no_signals = 0;
    syscall(SYS_setsid);
    set_standard(l);
    set_limits(l);
    set_ids(l);
    if (syscall(SYS_chdir, l->folder) < 0) {
        child.folder_failed = true;
        fail(errno);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, sizeof no_signals);
    const char *command = l->arguments[1];
    cannot_run(*command == 0 ? ENOENT : has_slash(command) ? try_path(command) : search(command));
}

void launch_open(void) {
    getrlimit(RLIMIT_NOFILE, &open_files);
    struct rlimit raised = {open_files.rlim_max, open_files.rlim_max};
    setrlimit(RLIMIT_NOFILE, &raised);
}

pid_t launch(const struct launch *l, bool *folder_failed) {
    child.launch = l;
    child.error = 0;
    child.folder_failed = false;
    const char *command = l->arguments[1];
    pid_t pid = clone(child_main, child_stack + sizeof child_stack, CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)(uintptr_t)l);
    l->arguments[1] = command;
    *folder_failed = child.folder_failed;
    if (pid > 0 && child.error != 0) {
        waitpid(pid, NULL, 0);
        errno = child.error;
        return -1;
    }
    return pid;
}
