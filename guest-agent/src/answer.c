/*
 * How operations answer: DONE, ERROR and its categories (PROTOCOL.md §3). Part of conn.h; on every thread.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conn.h"

void conn_done(struct conn *c) {
    message_end(&c->out, message_begin(&c->out, FRAME_DONE));
}

void conn_error(struct conn *c, enum category category, int error, const char *message, const char *path) {
    size_t place = message_begin(&c->out, FRAME_ERROR);
    put_u8(&c->out, (uint8_t)category);
    put_u32(&c->out, (uint32_t)error);
    put_string(&c->out, message);
    put_string(&c->out, path);
    message_end(&c->out, place);
}

enum category category_of(int error) {
    switch (error) {
    case ENOENT:
        return NOT_FOUND;
    case EEXIST:
        return CONFLICT;
    case EISDIR:
    case ENOTDIR:
    case EINVAL:
    case ELOOP:
    case ENAMETOOLONG:
        return INVALID;
    case EACCES:
    case EPERM:
    case EROFS:
        return DENIED;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return EXHAUSTED;
    default:
        return INTERNAL;
    }
}

void conn_errno(struct conn *c, int error, const char *what, const char *path) {
    char message[160];
    snprintf(message, sizeof message, "%s: %s", what, strerror(error));
    conn_error(c, category_of(error), error, message, path);
}
