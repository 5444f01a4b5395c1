/*
 * The common end of INIT and AWAKE. See arrival.h.
 */
#include "arrival.h"

#include "deadline.h"
#include "machine.h"

static const int64_t YEAR_10000 = 253402300800;

void arrival_read(struct reader *r, struct arrival *arrival) {
    arrival->seconds = read_i64(r);
    arrival->nanoseconds = read_u32(r);
    arrival->entropy = read_bytes(r);
    arrival->key = read_bytes(r);
    arrival->deadline = read_u64(r);
    r->bad = r->bad || arrival->seconds < 0 || arrival->seconds >= YEAR_10000 || arrival->nanoseconds >= 1000000000
        || arrival->entropy.length > ENTROPY_MAX || (arrival->key.length != 0 && arrival->key.length != KEY_SIZE);
}

void arrival_apply(struct conn *c, const struct arrival *arrival) {
    machine_add_entropy(&arrival->entropy);
    machine_set_clock(arrival->seconds, arrival->nanoseconds);
    if (arrival->key.length == KEY_SIZE) {
        auth_next_key(arrival->key.bytes, c->previous_key);
        c->previous_key = false; /* who gave the key could open a connection with it */
    }
    deadline_set(arrival->deadline);
}
