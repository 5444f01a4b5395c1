/*
 * AWAKE. See awake.h. Every connection from before is dead at its other end, whether the guest's kernel has told so yet
 * or not: what they held (subscriptions, served ports, relays, live watches) is given up before the answer, so that the
 * host's next request finds it free.
 */
#include "awake.h"

#include "arrival.h"
#include "identity.h"
#include "machine.h"
#include "operations.h"
#include "relay.h"
#include "reseed.h"

enum { ENTROPY_MIN = 16 };

struct awakening {
    const char *sandbox_id;
    const char *template_id;
    bool copy;
    struct arrival arrival;
};

static void read_awakening(struct reader *r, struct awakening *a) {
    a->sandbox_id = read_string(r);
    a->template_id = read_string(r);
    a->copy = read_bool(r);
    arrival_read(r, &a->arrival);
    r->bad = r->bad || a->arrival.entropy.length < ENTROPY_MIN;
}

/* Also answers. */
static void apply(struct conn *c, const struct awakening *a) {
    conn_close_others(c);
    relay_end_all();
    machine_write_facts(a->sandbox_id, a->template_id);
    arrival_apply(c, &a->arrival);
    reseed_open();
    if (a->copy) {
        machine_renew_id(&a->arrival.entropy);
        reseed_tell(c); /* after the kernel has the new entropy */
    } else {
        conn_done(c);
    }
}

void awake_request(struct conn *c, struct reader *r) {
    struct awakening awakening = {0};
    read_awakening(r, &awakening);
    if (r->bad) {
        operation_malformed(c);
    } else if (!identity_rename(awakening.sandbox_id, awakening.template_id)) {
        conn_error(c, EXHAUSTED, 0, "The guest has no memory for its environment", "");
    } else {
        apply(c, &awakening);
    }
}
