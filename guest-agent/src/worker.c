/*
 * Worker threads. See worker.h. They are made when needed and end after some idle seconds, so that an idle agent has
 * none.
 */
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum { STACK_SIZE = 1 << 20 };
#else
enum { STACK_SIZE = 128 << 10 };
#endif

enum { WORKERS_MAX = 512, JOBS_MAX = 4096, IDLE_SECONDS = 5 };

struct job {
    struct conn *conn;
    operation run;
    struct job *next;
    size_t length;
    uint8_t payload[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work;
static struct job *first_job;
static struct job **last_job = &first_job;
static unsigned jobs;
static unsigned idle;
static unsigned workers;
static struct conn *returned;
static struct source wake = {.fd = -1};

static void take_back(struct source *source, uint32_t events) {
    (void)events;
    uint64_t count;
    ssize_t ignored = read(source->fd, &count, sizeof count);
    (void)ignored;
    pthread_mutex_lock(&lock);
    struct conn *list = returned;
    returned = NULL;
    pthread_mutex_unlock(&lock);
    while (list != NULL) {
        struct conn *c = list;
        list = c->next;
        c->next = NULL;
        conn_return(c);
    }
}

int worker_open(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* INIT may set the other one */
    pthread_cond_init(&work, &attributes);
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    wake.ready = take_back;
    return fd < 0 ? -1 : source_add(&wake, fd, EPOLLIN);
}

/* The next job; NULL after IDLE_SECONDS without one. Called and returns with the lock held. */
static struct job *wait_for_job(void) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_SECONDS;
    idle++;
    while (first_job == NULL) {
        if (pthread_cond_timedwait(&work, &lock, &until) == ETIMEDOUT) {
            break;
        }
    }
    idle--;
    struct job *job = first_job;
    if (job != NULL) {
        first_job = job->next;
        last_job = first_job == NULL ? &first_job : last_job;
        jobs--;
    }
    return job;
}

static void give_back(struct conn *c) {
    uint64_t one = 1;
    c->next = returned;
    returned = c;
    ssize_t ignored = write(wake.fd, &one, sizeof one);
    (void)ignored;
}

static void *worker_main(void *argument) {
    (void)argument;
    pthread_mutex_lock(&lock);
    struct job *job;
    while ((job = wait_for_job()) != NULL) {
        pthread_mutex_unlock(&lock);
        struct conn *c = job->conn;
        struct reader reader = {job->payload, job->length, false};
        job->run(c, &reader);
        free(job);
        pthread_mutex_lock(&lock);
        give_back(c);
    }
    workers--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static bool start_worker(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    int error = pthread_create(&thread, &attributes, worker_main, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

void worker_prepare(struct conn *c, operation run, const struct reader *reader) {
    struct job *job = malloc(sizeof *job + reader->left);
    if (job == NULL) {
        conn_errno(c, ENOMEM, "Start a file operation", "");
        return;
    }
    *job = (struct job){.conn = c, .run = run, .length = reader->left};
    memcpy(job->payload, reader->at, reader->left);
    c->job = job;
    conn_lend(c);
}

static void refuse(struct conn *c, struct job *job) {
    conn_error(c, EXHAUSTED, EAGAIN, "Too many file operations at once; try again later", "");
    free(job);
    conn_return(c);
}

void worker_submit(struct conn *c) {
    struct job *job = c->job;
    c->job = NULL;
    pthread_mutex_lock(&lock);
    if (jobs >= idle && workers < WORKERS_MAX && start_worker()) {
        workers++;
    }
    if (jobs >= JOBS_MAX || workers == 0) {
        pthread_mutex_unlock(&lock);
        refuse(c, job);
        return;
    }
    *last_job = job;
    last_job = &job->next;
    jobs++;
    pthread_cond_signal(&work);
    pthread_mutex_unlock(&lock);
}
