/*
 * The table of requests. See operations.h.
 */
#include "operations.h"

#include "attributes.h"
#include "awake.h"
#include "deadline.h"
#include "dial.h"
#include "files.h"
#include "folders.h"
#include "hooks.h"
#include "identity.h"
#include "process.h"
#include "serve.h"
#include "stats.h"
#include "watch.h"
#include "worker.h"

static void ping(struct conn *c, struct reader *r) {
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_raw(&c->out, r->at, r->left);
    message_end(&c->out, place);
}

static const struct {
    uint8_t type;
    bool blocks; /* runs on a worker */
    operation run;
} OPERATIONS[] = {
    {FRAME_PING, false, ping},
    {FRAME_INIT, false, identity_init},
    {FRAME_ENVIRONMENT, false, identity_list_environment},
    {FRAME_STATS, true, stats_answer},
    {FRAME_DEADLINE, false, deadline_request},
    {FRAME_RESOLVE, true, folder_resolve},
    {FRAME_AWAKE, false, awake_request},
    {FRAME_HOOKS, true, hooks_request},
    {FRAME_SPAWN, false, process_spawn},
    {FRAME_ATTACH, false, process_attach},
    {FRAME_PROCESSES, false, process_list},
    {FRAME_SIGNAL, false, process_signal},
    {FRAME_INPUT, false, process_input},
    {FRAME_CLOSE_INPUT, false, process_close_input},
    {FRAME_RESIZE, false, process_resize},
    {FRAME_STAT, true, folder_stat},
    {FRAME_LIST, true, folder_list},
    {FRAME_MAKE_FOLDER, true, folder_make},
    {FRAME_MOVE, true, folder_move},
    {FRAME_REMOVE, true, folder_remove},
    {FRAME_READ, true, file_read},
    {FRAME_WRITE, true, file_write},
    {FRAME_READ_LINK, true, attribute_read_link},
    {FRAME_LINK, true, attribute_link},
    {FRAME_CHANGE, true, attribute_change},
    {FRAME_ATTRIBUTES, true, attribute_list},
    {FRAME_SET_ATTRIBUTE, true, attribute_set},
    {FRAME_WATCH, true, watch_live},
    {FRAME_CREATE_WATCHER, true, watch_create},
    {FRAME_WATCHER_EVENTS, false, watch_fetch},
    {FRAME_REMOVE_WATCHER, false, watch_remove},
    {FRAME_DIAL, false, dial_start},
    {FRAME_SERVE, false, serve_start},
    {FRAME_ACCEPT, false, serve_accept},
};

void operation_malformed(struct conn *c) {
    conn_error(c, INVALID, 0, "The request does not follow the protocol", "");
}

void operation_start(struct conn *c, uint8_t type, struct reader *r) {
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        if (OPERATIONS[i].type == type) {
            if (OPERATIONS[i].blocks) {
                worker_prepare(c, OPERATIONS[i].run, r);
            } else {
                OPERATIONS[i].run(c, r);
            }
            return;
        }
    }
    conn_error(c, UNSUPPORTED, 0, "This agent does not know the request", "");
}
