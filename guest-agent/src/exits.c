/*
 * Remembered exits. See exits.h.
 */
#include "exits.h"

#include <stdlib.h>

enum {
    EXITS_MAX = 256,
    EXIT_RINGS_MAX = 2 << 20, /* bytes of output, all together */
};

static struct process *ended; /* newest first */
static struct timer_queue exit_time = {.milliseconds = 30000};

static void forget(struct process *p) {
    for (struct process **at = &ended; *at != NULL; at = &(*at)->next) {
        if (*at == p) {
            *at = p->next;
            break;
        }
    }
    timer_stop(&p->forget);
    ring_forget(&p->ring);
    free(p->request);
    free(p->tag);
    free(p);
}

static void forget_expired(struct timer *timer) {
    forget(CONTAINER_OF(timer, struct process, forget));
}

/* Keeps what is remembered of ended processes within its bounds: the oldest goes first. */
static void bound_exits(void) {
    size_t count = 0;
    size_t bytes = 0;
    struct process *next;
    for (struct process *p = ended; p != NULL; p = next) {
        next = p->next;
        bytes += p->ring.capacity;
        if (++count > EXITS_MAX) {
            forget(p);
        } else if (bytes > EXIT_RINGS_MAX) {
            bytes -= p->ring.capacity;
            ring_forget(&p->ring);
        }
    }
}

void exit_replaced_by(const struct process *p) {
    struct process *next;
    for (struct process *old = ended; old != NULL; old = next) {
        next = old->next;
        if (process_is(old, p->pid, NULL) || (p->tag != NULL && process_is(old, 0, p->tag))) {
            forget(old);
        }
    }
}

void exit_remember(struct process *p) {
    p->next = ended;
    ended = p;
    p->forget.expired = forget_expired;
    timer_start(&p->forget, &exit_time);
    bound_exits();
}

struct process *exit_find(pid_t pid, const char *tag) {
    for (struct process *p = ended; p != NULL; p = p->next) {
        if (process_is(p, pid, tag)) {
            return p;
        }
    }
    return NULL;
}
