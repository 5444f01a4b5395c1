/*
 * STATS. See stats.h.
 *
 * gVisor's /proc/stat has only zeros; there the processor time is added up from the processes that live and those that
 * were reaped (as PID 1 the agent reaps all).
 */
#include "stats.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_SIZE = 4096 };

static const uint64_t NANOS = 1000000000;

static bool read_text(const char *path, char text[TEXT_SIZE]) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_SIZE - 1);
    if (fd >= 0) {
        close(fd);
    }
    text[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static uint64_t ticks_to_nanos(uint64_t ticks) {
    return ticks * (NANOS / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* The "cpu" line: user nice system idle iowait irq softirq steal; all but idle and iowait is work. */
static uint64_t busy_of_machine(char text[TEXT_SIZE]) {
    uint64_t busy = 0;
    if (!read_text("/proc/stat", text) || strncmp(text, "cpu ", 4) != 0) {
        return 0;
    }
    char *at = text + 4;
    for (int i = 0; i < 8; i++) {
        uint64_t ticks = strtoull(at, &at, 10);
        busy += i == 3 || i == 4 ? 0 : ticks;
    }
    return ticks_to_nanos(busy);
}

static uint64_t busy_of_usage(int who) {
    struct rusage u;
    getrusage(who, &u);
    return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * NANOS + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

/* Fields 14 and 15 of /proc/<pid>/stat, counted after the name in brackets. */
static uint64_t busy_of_process(const char *pid, char text[TEXT_SIZE]) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    char *at = read_text(path, text) ? strrchr(text, ')') : NULL;
    for (int field = 3; at != NULL && field <= 14; field++) {
        at = strchr(at + 1, ' ');
    }
    if (at == NULL) {
        return 0;
    }
    uint64_t user = strtoull(at, &at, 10);
    return ticks_to_nanos(user + strtoull(at, &at, 10));
}

static uint32_t count_processes(uint64_t *busy, char text[TEXT_SIZE]) {
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    uint32_t count = 0;
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0])) {
            count++;
            *busy += busy_of_process(entry->d_name, text);
        }
    }
    if (proc != NULL) {
        closedir(proc);
    }
    return count;
}

/* A line of /proc/meminfo in bytes. */
static uint64_t memory(const char *text, const char *name) {
    const char *at = strstr(text, name);
    return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10) * 1024;
}

static void put_memory(struct buffer *out, char text[TEXT_SIZE]) {
    read_text("/proc/meminfo", text);
    put_u64(out, memory(text, "MemTotal:"));
    put_u64(out, memory(text, "MemAvailable:"));
    put_u64(out, memory(text, "\nCached:") + memory(text, "SReclaimable:"));
}

static void put_disk(struct buffer *out) {
    struct statvfs disk = {0};
    statvfs("/", &disk);
    put_u64(out, (uint64_t)disk.f_blocks * disk.f_frsize);
    put_u64(out, (uint64_t)disk.f_bavail * disk.f_frsize);
}

void stats_answer(struct conn *c, struct reader *r) {
    (void)r;
    char text[TEXT_SIZE];
    struct timespec up;
    cpu_set_t cpus;
    uint64_t busy = busy_of_usage(RUSAGE_CHILDREN);
    uint32_t processes = count_processes(&busy, text);
    uint64_t machine = busy_of_machine(text);
    clock_gettime(CLOCK_BOOTTIME, &up);
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_u32(&c->out, sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (uint32_t)CPU_COUNT(&cpus) : 1);
    put_u64(&c->out, (uint64_t)up.tv_sec * NANOS + (uint64_t)up.tv_nsec);
    put_u64(&c->out, machine != 0 ? machine : busy);
    put_memory(&c->out, text);
    put_disk(&c->out);
    put_u32(&c->out, processes);
    message_end(&c->out, place);
}
