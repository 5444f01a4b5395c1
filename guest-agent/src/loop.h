/*
 * The one event loop: descriptors, timers, and work put off to the end of a round. Everything that has state lives on
 * this thread; workers (worker.h) come back to it.
 *
 * Holds: a source that was removed is not called again, also within the round; what loop_later frees stays valid until
 * the round ends.
 */
#ifndef CAISSON_LOOP_H
#define CAISSON_LOOP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* A descriptor and what to do when it is ready. fd -1: not in the loop. */
struct source {
    int fd;
    uint32_t events;
    void (*ready)(struct source *source, uint32_t events);
};

/*
 * Timers of one duration; they expire in the order they were started, so starting and stopping cost nothing. A clock that
 * jumped by more than 2 s, as it does when a saved sandbox goes on, makes all of them start anew.
 */
struct timer_queue {
    uint64_t milliseconds;
    struct timer *first;
    struct timer *last;
    struct timer_queue *next_queue;
};

struct timer {
    uint64_t at;
    struct timer *next;
    struct timer *previous;
    struct timer_queue *queue;
    void (*expired)(struct timer *timer);
};

/* 0, or -1 with errno. */
int loop_open(void);
/* Never returns. `after_round` runs at the end of each round, before the next wait. */
_Noreturn void loop_run(void (*after_round)(void));
/* One round that waits for at most so many milliseconds (-1: until something happens). */
void loop_round(int longest, void (*after_round)(void));
/* Milliseconds of the monotonic clock. */
uint64_t loop_now(void);
void loop_later(void (*run)(void *), void *argument);

int source_add(struct source *source, int fd, uint32_t events);
void source_want(struct source *source, uint32_t events);
/*
 * Has it in the loop exactly while events are wanted. (A source that stays in the loop without wanting any would report
 * a hang-up over and over.)
 */
void source_sync(struct source *source, int fd, uint32_t events);
/* Takes it out of the loop without closing the descriptor. Idempotent. */
void source_remove(struct source *source);
/* Takes it out and closes the descriptor. Idempotent. */
void source_close(struct source *source);

/* Starts or starts anew. */
void timer_start(struct timer *timer, struct timer_queue *queue);
void timer_stop(struct timer *timer);

/* One timer of any length, for the link's deadline; 0 switches it off. */
void loop_alarm(uint64_t milliseconds, void (*expired)(void));

#endif
