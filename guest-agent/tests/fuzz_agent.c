/*
 * libFuzzer target: the whole agent but its threads, fed as a hostile host (or a stranger) would feed it.
 *
 * An input is a mode byte and a stream. Mode 0: the stream as it is, unauthenticated. Odd: authenticated, the stream as
 * it is. Even: authenticated, the stream is records (u8 type, u16 length, payload) that are framed properly, so that
 * mutations reach the operations.
 *
 * The operations are real. They work in an empty folder as their root, in an own network namespace. The working
 * folder stays outside, so that libFuzzer's relative paths lead to its corpus; the agent uses absolute paths only.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth.h"
#include "conn.h"
#include "launch.h"
#include "loop.h"
#include "process.h"
#include "worker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20, ROUNDS = 4 };

static const char KEY[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno)); \
            abort(); \
        } \
    } while (0)

static void make_folders(void) {
    mkdir("/root", 0755);
    mkdir("/tmp", 0777);
    mkdir("/tmp/d", 0777);
    mkdir("/dev", 0755);
}

/* An empty file system as root; the working folder is left where it is. */
static void enter_jail(void) {
    bool privileged = geteuid() == 0;
    CHECK(unshare((privileged ? 0 : CLONE_NEWUSER) | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS) == 0);
    CHECK(mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    static const char jail[] = "/tmp"; /* covered in this namespace only, so nothing is left behind */
    int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    CHECK(mount("tmpfs", jail, "tmpfs", MS_NOSUID, "size=16m,nr_inodes=4096,mode=755") == 0);
    CHECK(chroot(jail) == 0 && fchdir(folder) == 0);
    close(folder);
    make_folders();
    /* Not a device: one that could be filled would fill the memory instead. */
    close(open("/dev/null", O_CREAT | O_CLOEXEC, 0666));
}

static void set_up(void) {
    enter_jail();
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGPIPE);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    launch_open();
    CHECK(loop_open() == 0 && process_open() == 0 && worker_open() == 0);
}

/* Frames that came from the agent, checked for form. */
struct answers {
    int fd;
    uint8_t bytes[1 << 16];
    size_t length;
    uint64_t skip; /* of the payload of the current frame */
    bool raw;      /* after DONE of DIAL or ACCEPT anything may come */
};

static void check_answers(struct answers *a) {
    size_t at = 0;
    while (at < a->length) {
        if (a->skip > 0) {
            size_t count = a->skip < a->length - at ? (size_t)a->skip : a->length - at;
            a->skip -= count;
            at += count;
            continue;
        }
        if (a->length - at < FRAME_HEADER) {
            break;
        }
        const uint8_t *frame = a->bytes + at;
        a->skip = (uint64_t)frame[0] << 24 | (uint64_t)frame[1] << 16 | (uint64_t)frame[2] << 8 | frame[3];
        CHECK(a->skip <= FRAME_PAYLOAD_MAX);
        CHECK(frame[4] <= FRAME_WELCOME || (frame[4] >= FRAME_DONE && frame[4] <= FRAME_DATA)
              || (frame[4] >= FRAME_STARTED && frame[4] <= FRAME_INCOMING));
        at += FRAME_HEADER;
    }
    memmove(a->bytes, a->bytes + at, a->length - at);
    a->length -= at;
}

/* Takes what the agent sends until it closes. A thread of its own: an operation may wait until its answer is taken. */
static void *take_answers(void *argument) {
    struct answers *a = argument;
    for (;;) {
        ssize_t got = recv(a->fd, a->bytes + a->length, sizeof a->bytes - a->length, 0);
        if (got <= 0) {
            return NULL;
        }
        if (!a->raw) {
            a->length += (size_t)got;
            check_answers(a);
        }
    }
}

static void put_auth(struct buffer *out, int fd) {
    uint8_t hello[4096];
    uint8_t talk[2 + NONCE_SIZE] = {0, 1};
    loop_round(0, conn_after_round);
    ssize_t length = recv(fd, hello, sizeof hello, MSG_DONTWAIT);
    CHECK(length > FRAME_HEADER);
    size_t place = message_begin(out, FRAME_AUTH);
    put_raw(out, talk, sizeof talk);
    uint8_t proof[PROOF_SIZE];
    auth_prove_host(&(struct auth_talk){hello + FRAME_HEADER, (size_t)length - FRAME_HEADER, talk, talk + 2}, proof);
    put_raw(out, proof, sizeof proof);
    message_end(out, place);
}

static void put_records(struct buffer *out, const uint8_t *data, size_t size) {
    while (size >= 3) {
        size_t length = (size_t)data[1] << 8 | data[2];
        length = length < size - 3 ? length : size - 3;
        size_t place = message_begin(out, (enum frame_type)data[0]);
        put_raw(out, data + 3, length);
        message_end(out, place);
        data += 3 + length;
        size -= 3 + length;
    }
}

/* Sends everything, as the agent takes it, then closes. */
static void talk(int fd, const struct buffer *out) {
    static struct answers answers;
    pthread_t taker;
    memset(&answers, 0, sizeof answers);
    answers.fd = fd;
    answers.raw = memchr(buffer_front(out), FRAME_ACCEPT, out->length) != NULL;
    CHECK(pthread_create(&taker, NULL, take_answers, &answers) == 0);
    size_t sent = 0;
    ssize_t count = 0;
    while (sent < out->length && (count >= 0 || errno == EAGAIN)) {
        count = send(fd, buffer_front(out) + sent, out->length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        sent += count > 0 ? (size_t)count : 0;
        if (sent == out->length) {
            shutdown(fd, SHUT_WR); /* a worker must not wait for more */
        }
        loop_round(0, conn_after_round);
    }
    for (int round = 0; round < ROUNDS; round++) {
        loop_round(0, conn_after_round);
    }
    shutdown(fd, SHUT_RDWR);
    pthread_join(taker, NULL);
    close(fd);
    for (int round = 0; round < 2; round++) {
        loop_round(0, conn_after_round);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool ready;
    int fds[2];
    int room = INPUT_MAX;
    if (!ready) {
        set_up();
        ready = true;
    }
    if (size == 0 || size > INPUT_MAX / 2) {
        return -1;
    }
    make_folders();
    CHECK(auth_first_key(KEY));
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    CHECK(conn_welcome(fds[0]) != NULL);
    struct buffer out = {0};
    if (data[0] != 0) {
        put_auth(&out, fds[1]);
    }
    if (data[0] % 2 == 0 && data[0] != 0) {
        put_records(&out, data + 1, size - 1);
    } else {
        put_raw(&out, data + 1, size - 1);
    }
    if (out.length > 0) {
        talk(fds[1], &out);
    } else {
        close(fds[1]);
        loop_round(0, conn_after_round);
    }
    buffer_free(&out);
    process_kill_all();
    return 0;
}
