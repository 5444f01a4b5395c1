/*
 * INIT and what it leaves behind. See identity.h.
 */
#include "identity.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrival.h"
#include "machine.h"
#include "operations.h"
#include "reseed.h"

enum { VARIABLES_MAX = 4096 };

struct identity {
    const char *sandbox_id;
    const char *template_id;
    const char *hostname;
    const char *user;
    const char *folder;
    struct buffer environment;
    struct arrival arrival;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char default_user[NAME_SIZE] = "root";
static char default_folder[PATH_MAX];
static struct buffer environment;

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

static bool is_own_variable(const char *name, size_t length) {
    static const char *const OWN[] = {"E2B_SANDBOX", "E2B_SANDBOX_ID", "E2B_TEMPLATE_ID"};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) {
        if (strlen(OWN[i]) == length && memcmp(OWN[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Begins a map with the agent's own variables, 3 of them. Returns the place of its count. */
static size_t put_own_variables(struct buffer *map, const char *sandbox_id, const char *template_id) {
    size_t hole = put_hole(map);
    put_string(map, "E2B_SANDBOX");
    put_string(map, "true");
    put_string(map, "E2B_SANDBOX_ID");
    put_string(map, sandbox_id);
    put_string(map, "E2B_TEMPLATE_ID");
    put_string(map, template_id);
    return hole;
}

/* Copies the map of the request, without those names that are the agent's own. */
static void read_environment(struct reader *r, struct identity *identity) {
    uint32_t count = read_count(r, VARIABLES_MAX, 8);
    uint32_t kept = 3;
    size_t hole = put_own_variables(&identity->environment, identity->sandbox_id, identity->template_id);
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        const char *name = read_string(r);
        const char *value = read_string(r);
        r->bad = r->bad || *name == 0 || strchr(name, '=') != NULL;
        if (!is_own_variable(name, strlen(name))) {
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
    arrival_read(r, &identity->arrival);
    r->bad = r->bad || strlen(identity->hostname) > HOSTNAME_MAX || strlen(identity->folder) >= PATH_MAX;
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

static void apply(struct conn *c, struct identity *identity) {
    set_defaults(identity);
    machine_write_facts(identity->sandbox_id, identity->template_id);
    machine_set_hostname(identity->hostname);
    arrival_apply(c, &identity->arrival);
    reseed_open();
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

bool identity_rename(const char *sandbox_id, const char *template_id) {
    struct buffer renamed = {0};
    uint32_t kept = 3;
    size_t hole = put_own_variables(&renamed, sandbox_id, template_id);
    struct reader r = {environment.bytes + environment.start, environment.length, false};
    uint32_t count = environment.length == 0 ? 0 : read_count(&r, UINT32_MAX, 8);
    for (uint32_t i = 0; i < count; i++) {
        struct slice name = read_bytes(&r);
        struct slice value = read_bytes(&r);
        if (!is_own_variable((const char *)name.bytes, name.length)) {
            put_bytes(&renamed, name.bytes, name.length);
            put_bytes(&renamed, value.bytes, value.length);
            kept++;
        }
    }
    put_u32_at(&renamed, hole, kept);
    if (renamed.failed) {
        buffer_free(&renamed);
        return false;
    }
    buffer_free(&environment);
    environment = renamed;
    return true;
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
