/*
 * The event loop. See loop.h.
 */
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, ABSENCE = 2000 /* milliseconds */ };

struct later {
    void (*run)(void *);
    void *argument;
    struct later *next;
};

static int epoll_fd = -1;
static struct timer_queue *queues;
static struct later *put_off;
static uint64_t alarm_at;
static void (*alarm_expired)(void);

int loop_open(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return epoll_fd < 0 ? -1 : 0;
}

uint64_t loop_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int source_add(struct source *source, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        return -1;
    }
    source->fd = fd;
    source->events = events;
    return 0;
}

void source_want(struct source *source, uint32_t events) {
    if (source->fd < 0 || source->events == events) {
        return;
    }
    struct epoll_event event = {.events = events, .data.ptr = source};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
    source->events = events;
}

void source_remove(struct source *source) {
    if (source->fd >= 0) {
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
        source->fd = -1;
    }
}

void source_sync(struct source *source, int fd, uint32_t events) {
    if (events == 0 || fd < 0) {
        source_remove(source);
    } else if (source->fd >= 0) {
        source_want(source, events);
    } else {
        source_add(source, fd, events);
    }
}

void source_close(struct source *source) {
    int fd = source->fd;
    source_remove(source);
    if (fd >= 0) {
        close(fd);
    }
}

static void queue_known(struct timer_queue *queue) {
    for (struct timer_queue *q = queues; q != NULL; q = q->next_queue) {
        if (q == queue) {
            return;
        }
    }
    queue->next_queue = queues;
    queues = queue;
}

void timer_stop(struct timer *timer) {
    struct timer_queue *queue = timer->queue;
    if (queue == NULL) {
        return;
    }
    *(timer->previous != NULL ? &timer->previous->next : &queue->first) = timer->next;
    *(timer->next != NULL ? &timer->next->previous : &queue->last) = timer->previous;
    timer->next = timer->previous = NULL;
    timer->queue = NULL;
}

void timer_start(struct timer *timer, struct timer_queue *queue) {
    timer_stop(timer);
    queue_known(queue);
    timer->at = loop_now() + queue->milliseconds;
    timer->queue = queue;
    timer->previous = queue->last;
    *(queue->last != NULL ? &queue->last->next : &queue->first) = timer;
    queue->last = timer;
}

void loop_alarm(uint64_t milliseconds, void (*expired)(void)) {
    alarm_expired = expired;
    alarm_at = milliseconds == 0 ? 0 : loop_now() + milliseconds;
}

/* Milliseconds to the next timer for epoll_wait, -1 if there is none. */
static int next_wait(void) {
    uint64_t at = alarm_at == 0 ? UINT64_MAX : alarm_at;
    for (struct timer_queue *q = queues; q != NULL; q = q->next_queue) {
        if (q->first != NULL && q->first->at < at) {
            at = q->first->at;
        }
    }
    if (at == UINT64_MAX) {
        return -1;
    }
    uint64_t now = loop_now();
    uint64_t wait = at <= now ? 0 : at - now;
    return wait > 3600000 ? 3600000 : (int)wait;
}

/*
 * A clock that is far ahead of what was waited for has jumped: the sandbox was saved and restored meanwhile, or nobody
 * was let run. Then no timer has seen its time pass, and all start anew; the alarm looks after itself (deadline.c).
 */
static void notice_absence(uint64_t now, int waited) {
    static uint64_t seen;
    bool absent = waited >= 0 && seen != 0 && now - seen > (uint64_t)waited + ABSENCE;
    seen = now;
    for (struct timer_queue *q = queues; absent && q != NULL; q = q->next_queue) {
        for (struct timer *timer = q->first; timer != NULL; timer = timer->next) {
            timer->at = now + q->milliseconds;
        }
    }
}

static void expire_timers(int waited) {
    uint64_t now = loop_now();
    notice_absence(now, waited);
    for (struct timer_queue *q = queues; q != NULL; q = q->next_queue) {
        while (q->first != NULL && q->first->at <= now) {
            struct timer *timer = q->first;
            timer_stop(timer);
            timer->expired(timer);
        }
    }
    if (alarm_at != 0 && alarm_at <= now) {
        alarm_at = 0;
        alarm_expired();
    }
}

void loop_later(void (*run)(void *), void *argument) {
    struct later *later = malloc(sizeof *later);
    if (later == NULL) {
        return; /* out of memory: what should have been freed is lost, nothing else */
    }
    *later = (struct later){run, argument, put_off};
    put_off = later;
}

static void run_put_off(void) {
    while (put_off != NULL) {
        struct later *later = put_off;
        put_off = later->next;
        later->run(later->argument);
        free(later);
    }
}

void loop_round(int longest, void (*after_round)(void)) {
    struct epoll_event events[BATCH];
    int wait = next_wait();
    wait = longest >= 0 && (wait < 0 || wait > longest) ? longest : wait;
    int count = epoll_wait(epoll_fd, events, BATCH, wait);
    if (count < 0 && errno != EINTR) {
        abort();
    }
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        if (source->fd >= 0) {
            source->ready(source, events[i].events);
        }
    }
    expire_timers(wait);
    after_round();
    run_put_off();
}

_Noreturn void loop_run(void (*after_round)(void)) {
    for (;;) {
        loop_round(-1, after_round);
    }
}
