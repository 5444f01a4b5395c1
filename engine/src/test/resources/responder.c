// The first process of sandboxes in the contract suite: answers one request line per TCP connection with one line.
// It stands in for the guest agent and needs nothing else in its root file system.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char answer[4096];

// Writes up to `bytes` of data that no file system can store more densely; says how many it took and why it stopped.
static void fill(const char *path, long bytes) {
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    long done = 0;
    int reason = fd < 0 ? errno : 0;
    while (!reason && done < bytes) {
        long left = bytes - done;
        ssize_t n = write(fd, block, left < (long) sizeof block ? left : (long) sizeof block);
        if (n < 0) reason = errno;
        else done += n;
    }
    if (fd >= 0 && close(fd) < 0 && !reason) reason = errno;
    snprintf(answer, sizeof answer, "%ld %s", done, reason ? strerrorname_np(reason) : "ok");
}

static void file(const char *path) {
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, answer, sizeof answer - 1);
    if (n < 0) snprintf(answer, sizeof answer, "! %s", strerrorname_np(errno));
    else answer[n] = 0;
    if (fd >= 0) close(fd);
}

static void space(const char *path) {
    struct statvfs s;
    if (statvfs(path, &s) < 0) snprintf(answer, sizeof answer, "! %s", strerrorname_np(errno));
    else snprintf(answer, sizeof answer, "%lu %lu", (unsigned long) (s.f_blocks * s.f_frsize), (unsigned long) (s.f_bavail * s.f_frsize));
}

static void processors(void) {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    snprintf(answer, sizeof answer, "%d %ld", CPU_COUNT(&set), sysconf(_SC_NPROCESSORS_ONLN));
}

// A child takes `bytes` of memory and touches it; says how it ended.
static void hog(long bytes) {
    pid_t child = fork();
    if (child == 0) {
        char *p = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) _exit(3);
        memset(p, 1, bytes);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) snprintf(answer, sizeof answer, "signal %d", WTERMSIG(status));
    else snprintf(answer, sizeof answer, "status %d", WEXITSTATUS(status));
}

// The same by `count` children at once; says how many were ended by a signal.
static void hogs(long count, long bytes) {
    long ended = 0;
    for (long i = 0; i < count; i++) {
        if (fork() == 0) {
            close_range(3, ~0u, 0);
            char *p = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (p == MAP_FAILED) _exit(3);
            memset(p, 1, bytes);
            _exit(0);
        }
    }
    int status;
    for (long i = 0; i < count; i++) if (wait(&status) > 0 && WIFSIGNALED(status)) ended++;
    snprintf(answer, sizeof answer, "%ld by signal", ended);
}

// Children that do nothing, until `count` of them live or no more can be made.
static void crowd(long count) {
    long made = 0;
    while (made < count) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            close_range(3, ~0u, 0);
            for (;;) pause();
        }
        made++;
    }
    snprintf(answer, sizeof answer, "%ld", made);
}

static void spin(void) {
    if (fork() == 0) {
        close_range(3, ~0u, 0);
        for (;;) { }
    }
    snprintf(answer, sizeof answer, "spinning");
}

// What goes on or not across a save and a restore: a number, a file that stays open, memory with a pattern, a connection.
static long counter;
static int held = -1, outside = -1;
static unsigned *hoard;
static long hoarded;

static void hold(const char *path) {
    held = open(path, O_RDWR | O_CREAT | O_APPEND, 0644);
    snprintf(answer, sizeof answer, "%s", held < 0 ? strerrorname_np(errno) : "held");
}

static void append(const char *text) {
    ssize_t n = write(held, text, strlen(text));
    snprintf(answer, sizeof answer, "%zd", n);
}

static void read_held(void) {
    ssize_t n = pread(held, answer, sizeof answer - 1, 0);
    if (n < 0) snprintf(answer, sizeof answer, "! %s", strerrorname_np(errno));
    else answer[n] = 0;
}

static void put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    snprintf(answer, sizeof answer, "%s", n < 0 ? strerrorname_np(errno) : "put");
    if (fd >= 0) close(fd);
}

static void where(void) {
    if (!getcwd(answer, sizeof answer)) snprintf(answer, sizeof answer, "! %s", strerrorname_np(errno));
}

static unsigned pattern(long i) {
    return (unsigned) i * 2654435761u + 12345;
}

static void take(long bytes) {
    hoarded = bytes / sizeof *hoard;
    hoard = malloc(bytes);
    for (long i = 0; hoard && i < hoarded; i++) hoard[i] = pattern(i);
    snprintf(answer, sizeof answer, "%s", hoard ? "taken" : "! no memory");
}

static void inspect(void) {
    long wrong = 0;
    for (long i = 0; i < hoarded; i++) wrong += hoard[i] != pattern(i);
    snprintf(answer, sizeof answer, "%ld wrong", wrong);
}

// A child that sends 1, 2, 3 ... to a port of the host, one about every millisecond.
static void count_to(const char *address, long port) {
    if (fork() == 0) {
        close_range(3, ~0u, 0);
        int u = socket(AF_INET, SOCK_DGRAM, 0);
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
        inet_pton(AF_INET, address, &to.sin_addr);
        char number[24];
        for (long i = 1;; i++) {
            int n = snprintf(number, sizeof number, "%ld", i);
            while (sendto(u, number, n, 0, (struct sockaddr *) &to, sizeof to) < 0) usleep(1000);
            usleep(1000);
        }
    }
    snprintf(answer, sizeof answer, "counting");
}

static void reach(const char *address, long port) {
    outside = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &to.sin_addr);
    int failed = connect(outside, (struct sockaddr *) &to, sizeof to);
    snprintf(answer, sizeof answer, "%s", failed ? strerrorname_np(errno) : "reached");
}

static void hear(void) {
    char byte;
    ssize_t n = read(outside, &byte, 1);
    snprintf(answer, sizeof answer, "%s", n < 0 ? strerrorname_np(errno) : n == 0 ? "end" : "byte");
}

static void now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    snprintf(answer, sizeof answer, "%ld", t.tv_sec * 1000L + t.tv_nsec / 1000000);
}

static void serve(char *line) {
    char *word = strtok(line, " \n"), *first = strtok(0, " \n"), *second = strtok(0, " \n");
    if (!word) return;
    if (!strcmp(word, "ping")) snprintf(answer, sizeof answer, "pong");
    else if (!strcmp(word, "exit")) _exit(atoi(first));
    else if (!strcmp(word, "cat")) file(first);
    else if (!strcmp(word, "fill")) fill(first, atol(second));
    else if (!strcmp(word, "remove")) snprintf(answer, sizeof answer, "%d", unlink(first));
    else if (!strcmp(word, "space")) space(first);
    else if (!strcmp(word, "processors")) processors();
    else if (!strcmp(word, "hog")) hog(atol(first));
    else if (!strcmp(word, "hogs")) hogs(atol(first), atol(second));
    else if (!strcmp(word, "crowd")) crowd(atol(first));
    else if (!strcmp(word, "spin")) spin();
    else if (!strcmp(word, "environment")) snprintf(answer, sizeof answer, "%s", getenv(first) ? getenv(first) : "");
    else if (!strcmp(word, "count")) snprintf(answer, sizeof answer, "%ld", ++counter);
    else if (!strcmp(word, "hold")) hold(first);
    else if (!strcmp(word, "append")) append(first);
    else if (!strcmp(word, "held")) read_held();
    else if (!strcmp(word, "put")) put(first, second);
    else if (!strcmp(word, "folder")) snprintf(answer, sizeof answer, "%s", mkdir(first, 0755) ? strerrorname_np(errno) : "made");
    else if (!strcmp(word, "unfolder")) snprintf(answer, sizeof answer, "%s", rmdir(first) ? strerrorname_np(errno) : "removed");
    else if (!strcmp(word, "rename")) snprintf(answer, sizeof answer, "%s", rename(first, second) ? strerrorname_np(errno) : "renamed");
    else if (!strcmp(word, "enter")) snprintf(answer, sizeof answer, "%s", chdir(first) ? strerrorname_np(errno) : "entered");
    else if (!strcmp(word, "where")) where();
    else if (!strcmp(word, "take")) take(atol(first));
    else if (!strcmp(word, "inspect")) inspect();
    else if (!strcmp(word, "counts")) count_to(first, atol(second));
    else if (!strcmp(word, "reach")) reach(first, atol(second));
    else if (!strcmp(word, "hear")) hear();
    else if (!strcmp(word, "now")) now();
    else if (!strcmp(word, "hostname")) gethostname(answer, sizeof answer);
    else if (!strcmp(word, "shout")) {
        for (long i = atol(first); i > 0; i--) if (write(1, "0123456789012345678901234567890123456789012345678901234567890\n", 62) < 0) break;
        snprintf(answer, sizeof answer, "shouted");
    }
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(7000)};
    if (bind(s, (struct sockaddr *) &a, sizeof a) < 0 || listen(s, 64) < 0) {
        perror("listen");
        return 1;
    }
    for (;;) {
        int c = accept(s, 0, 0);
        if (c < 0) continue;
        char line[512];
        ssize_t n = read(c, line, sizeof line - 1);
        answer[0] = 0;
        if (n > 0) {
            line[n] = 0;
            serve(line);
            strcat(answer, "\n");
            if (write(c, answer, strlen(answer)) < 0) perror("write");
        }
        close(c);
    }
}
