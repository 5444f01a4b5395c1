/*
 * INIT and what it leaves behind. See identity.h.
 */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "operations.h"
#include "process.h"

/* RNDADDENTROPY of <linux/random.h>, which not every C library brings. */
#define ADD_ENTROPY _IOW('R', 0x03, int[2])

enum { VARIABLES_MAX = 4096, ENTROPY_MAX = 256, HOSTNAME_MAX = 64 };

/* contract/envd.md §3.3: the clock is set when more than 50 ms behind or more than 5 s ahead. */
static const int64_t BEHIND_NANOS = 50000000;
static const int64_t AHEAD_NANOS = 5000000000;

struct identity {
    const char *sandbox_id;
    const char *template_id;
    const char *hostname;
    const char *user;
    const char *folder;
    struct buffer environment;
    int64_t seconds;
    uint32_t nanoseconds;
    struct slice entropy;
    struct slice key;
    uint64_t deadline;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char default_user[NAME_SIZE] = "root";
static char default_folder[PATH_MAX];
static struct buffer environment;
static uint64_t deadline_seconds;

bool identity_actor(const char *name, struct actor *actor) {
    char chosen[NAME_SIZE];
    pthread_mutex_lock(&lock);
    int length = snprintf(chosen, sizeof chosen, "%s", *name == 0 ? default_user : name);
    strcpy(actor->folder, default_folder);
    pthread_mutex_unlock(&lock);
    return length < NAME_SIZE && user_find(chosen, &actor->user);
}

bool identity_find(struct conn *c, const char *name, struct actor *actor) {
    if (identity_actor(name, actor)) {
        return true;
    }
    char message[NAME_SIZE + 64];
    snprintf(message, sizeof message, *name == 0 ? "the default user does not exist any more" : "unknown user '%.*s'", NAME_SIZE, name);
    conn_error(c, UNAUTHENTICATED, 0, message, "");
    return false;
}

const struct buffer *identity_environment(void) {
    return &environment;
}

void identity_contact(void) {
    if (deadline_seconds > 0) {
        loop_alarm(deadline_seconds * 1000, process_kill_all);
    }
}

static void set_deadline(uint64_t seconds) {
    deadline_seconds = seconds > UINT32_MAX ? UINT32_MAX : seconds;
    loop_alarm(deadline_seconds * 1000, process_kill_all);
}

static bool is_own_variable(const char *name) {
    return strcmp(name, "E2B_SANDBOX") == 0 || strcmp(name, "E2B_SANDBOX_ID") == 0
        || strcmp(name, "E2B_TEMPLATE_ID") == 0;
}

/* Copies the map of the request, without those names that are the agent's own. */
static void read_environment(struct reader *r, struct identity *identity) {
    uint32_t count = read_count(r, VARIABLES_MAX, 8);
    uint32_t kept = 3;
    size_t hole = put_hole(&identity->environment);
    put_string(&identity->environment, "E2B_SANDBOX");
    put_string(&identity->environment, "true");
    put_string(&identity->environment, "E2B_SANDBOX_ID");
    put_string(&identity->environment, identity->sandbox_id);
    put_string(&identity->environment, "E2B_TEMPLATE_ID");
    put_string(&identity->environment, identity->template_id);
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        const char *name = read_string(r);
        const char *value = read_string(r);
        r->bad = r->bad || *name == 0 || strchr(name, '=') != NULL;
        if (!is_own_variable(name)) {
            put_string(&identity->environment, name);
            put_string(&identity->environment, value);
            kept++;
        }
    }
    put_u32_at(&identity->environment, hole, kept);
}

static void read_identity(struct reader *r, struct identity *identity) {
    identity->sandbox_id = read_string(r);
    identity->template_id = read_string(r);
    identity->hostname = read_string(r);
    identity->user = read_string(r);
    identity->folder = read_string(r);
    read_environment(r, identity);
    identity->seconds = read_i64(r);
    identity->nanoseconds = read_u32(r);
    identity->entropy = read_bytes(r);
    identity->key = read_bytes(r);
    identity->deadline = read_u64(r);
    r->bad = r->bad || identity->nanoseconds >= 1000000000 || identity->entropy.length > ENTROPY_MAX
        || strlen(identity->hostname) > HOSTNAME_MAX || strlen(identity->folder) >= PATH_MAX
        || (identity->key.length != 0 && identity->key.length != KEY_SIZE);
}

static void write_fact(const char *path, const char *text, mode_t mode) {
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd >= 0) {
        ssize_t ignored = write(fd, text, strlen(text));
        (void)ignored;
        close(fd);
    }
}

/* contract/envd.md §6.1. */
static void write_facts(const struct identity *identity) {
    mkdir("/run/e2b", 0755);
    write_fact("/run/e2b/.E2B_SANDBOX", "true", 0444);
    write_fact("/run/e2b/.E2B_SANDBOX_ID", identity->sandbox_id, 0666);
    write_fact("/run/e2b/.E2B_TEMPLATE_ID", identity->template_id, 0666);
}

static void set_clock(const struct identity *identity) {
    struct timespec now;
    struct timespec right = {.tv_sec = identity->seconds, .tv_nsec = (long)identity->nanoseconds};
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t seconds = identity->seconds - now.tv_sec;
    if (seconds > -60 && seconds < 60) {
        int64_t behind = seconds * 1000000000 + (right.tv_nsec - now.tv_nsec);
        if (behind <= BEHIND_NANOS && behind >= -AHEAD_NANOS) {
            return;
        }
    }
    clock_settime(CLOCK_REALTIME, &right);
}

static void add_entropy(const struct slice *entropy) {
    struct {
        int bits;
        int size;
        uint8_t bytes[ENTROPY_MAX];
    } pool = {.bits = (int)entropy->length * 8, .size = (int)entropy->length};
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || entropy->length == 0) {
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

static void set_defaults(struct identity *identity) {
    pthread_mutex_lock(&lock);
    if (*identity->user != 0) {
        strcpy(default_user, identity->user);
    }
    strcpy(default_folder, identity->folder);
    pthread_mutex_unlock(&lock);
    buffer_free(&environment);
    environment = identity->environment;
}

static void set_hostname(const char *name) {
    if (*name != 0 && sethostname(name, strlen(name)) < 0) {
        dprintf(2, "guest-agent: set the host name: %s\n", strerror(errno));
    }
}

static void apply(struct conn *c, struct identity *identity) {
    set_defaults(identity);
    if (getpid() == 1) { /* else the machine is not ours: a test */
        write_facts(identity);
        set_hostname(identity->hostname);
        add_entropy(&identity->entropy);
        set_clock(identity);
    }
    if (identity->key.length == KEY_SIZE) {
        auth_next_key(identity->key.bytes, c->previous_key);
    }
    set_deadline(identity->deadline);
}

void identity_init(struct conn *c, struct reader *r) {
    struct identity identity = {0};
    struct user *user = malloc(sizeof *user);
    read_identity(r, &identity);
    if (r->bad || user == NULL || identity.environment.failed) {
        buffer_free(&identity.environment);
        operation_malformed(c);
    } else if (*identity.user != 0 && (strlen(identity.user) >= NAME_SIZE || !user_find(identity.user, user))) {
        buffer_free(&identity.environment);
        conn_error(c, INVALID, 0, "The default user does not exist in the guest", "");
    } else {
        apply(c, &identity);
        conn_done(c);
    }
    free(user);
}

void identity_list_environment(struct conn *c, struct reader *r) {
    (void)r;
    size_t place = message_begin(&c->out, FRAME_DONE);
    if (environment.length > 0) {
        put_raw(&c->out, buffer_front(&environment), environment.length);
    } else {
        put_u32(&c->out, 0);
    }
    message_end(&c->out, place);
}

void identity_deadline(struct conn *c, struct reader *r) {
    uint64_t seconds = read_u64(r);
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    set_deadline(seconds);
    conn_done(c);
}
