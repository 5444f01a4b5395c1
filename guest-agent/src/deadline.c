/*
 * The link's deadline. See deadline.h.
 *
 * The clock may jump: a saved sandbox that goes on a day later finds the day gone. So nothing is stopped by the clock
 * alone: when time is up, some seconds more are counted one by one, and however long each seems to have been, a host that
 * has just restored the sandbox has those to speak up.
 */
#include "deadline.h"

#include "operations.h"
#include "process.h"

enum { LAST_SECONDS = 30, SECOND = 1000 };

static uint64_t allowed;
static uint64_t seconds_left; /* of the last ones */

static void count_down(void) {
    if (seconds_left == 0) {
        process_kill_all();
    } else {
        seconds_left--;
        loop_alarm(SECOND, count_down);
    }
}

void deadline_contact(void) {
    seconds_left = allowed < LAST_SECONDS ? allowed : LAST_SECONDS;
    loop_alarm(allowed * SECOND, count_down);
}

void deadline_set(uint64_t seconds) {
    allowed = seconds > UINT32_MAX ? UINT32_MAX : seconds;
    deadline_contact();
}

void deadline_request(struct conn *c, struct reader *r) {
    uint64_t seconds = read_u64(r);
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    deadline_set(seconds);
    conn_done(c);
}
