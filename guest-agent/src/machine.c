/*
 * The guest as a whole. See machine.h.
 */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sha256.h"

/* RNDADDENTROPY of <linux/random.h>, which not every C library brings. */
#define ADD_ENTROPY _IOW('R', 0x03, int[2])

enum { ID_DIGITS = 32 };

static const int64_t BEHIND_NANOS = 50000000;
static const int64_t AHEAD_NANOS = 5000000000;

bool machine_is_ours(void) {
    return getpid() == 1;
}

static bool write_new(const char *path, const char *text, mode_t mode) {
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) {
        return false;
    }
    bool whole = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return whole;
}

void machine_write_facts(const char *sandbox_id, const char *template_id) {
    if (machine_is_ours()) {
        mkdir("/run/e2b", 0755);
        write_new("/run/e2b/.E2B_SANDBOX", "true", 0444);
        write_new("/run/e2b/.E2B_SANDBOX_ID", sandbox_id, 0666);
        write_new("/run/e2b/.E2B_TEMPLATE_ID", template_id, 0666);
    }
}

void machine_set_hostname(const char *name) {
    if (machine_is_ours() && *name != 0 && sethostname(name, strlen(name)) < 0) {
        dprintf(2, "guest-agent: set the host name: %s\n", strerror(errno));
    }
}

void machine_set_clock(int64_t seconds, uint32_t nanoseconds) {
    struct timespec now;
    struct timespec right = {.tv_sec = seconds, .tv_nsec = (long)nanoseconds};
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t off = seconds - now.tv_sec;
    if (off > -60 && off < 60) {
        int64_t behind = off * 1000000000 + (right.tv_nsec - now.tv_nsec);
        if (behind <= BEHIND_NANOS && behind >= -AHEAD_NANOS) {
            return;
        }
    }
    if (machine_is_ours()) {
        clock_settime(CLOCK_REALTIME, &right);
    }
}

void machine_add_entropy(const struct slice *entropy) {
    struct {
        int bits;
        int size;
        uint8_t bytes[ENTROPY_MAX];
    } pool = {.bits = (int)entropy->length * 8, .size = (int)entropy->length};
    if (!machine_is_ours() || entropy->length == 0) {
        return;
    }
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return;
    }
    memcpy(pool.bytes, entropy->bytes, entropy->length);
    if (ioctl(fd, ADD_ENTROPY, &pool) < 0) {
        ssize_t ignored = write(fd, entropy->bytes, entropy->length);
        (void)ignored;
    }
    explicit_bzero(&pool, sizeof pool);
    close(fd);
}

/* 32 digits and a new line; marked as a random UUID (version 4), as systemd makes them. */
static void make_id(const struct slice *entropy, char id[ID_DIGITS + 2]) {
    static const char LABEL[] = "caisson machine id";
    struct sha256 hash;
    uint8_t digest[SHA256_SIZE];
    sha256_start(&hash);
    sha256_add(&hash, LABEL, sizeof LABEL);
    sha256_add(&hash, entropy->bytes, entropy->length);
    sha256_end(&hash, digest);
    digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x40);
    digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80);
    for (int i = 0; i < ID_DIGITS / 2; i++) {
        snprintf(id + (ptrdiff_t)2 * i, 3, "%02x", digest[i]);
    }
    strcpy(id + ID_DIGITS, "\n");
}

/* Only where there is an id that a copy would share: an image without one stays so, and a link leads to the other file. */
static void replace_id(const char *path, const char *aside, const char *id) {
    struct stat old;
    if (lstat(path, &old) < 0 || !S_ISREG(old.st_mode) || old.st_size < ID_DIGITS) {
        return;
    }
    if (!write_new(aside, id, 0444) || rename(aside, path) < 0) {
        unlink(aside);
    }
}

void machine_renew_id(const struct slice *entropy) {
    char id[ID_DIGITS + 2];
    if (machine_is_ours()) {
        make_id(entropy, id);
        replace_id("/etc/machine-id", "/etc/.machine-id.caisson", id);
        replace_id("/var/lib/dbus/machine-id", "/var/lib/dbus/.machine-id.caisson", id);
    }
}
