/*
 * STAT, MAKE_FOLDER, MOVE, RESOLVE. See folders.h; LIST is in list.c, REMOVE in remove.c.
 */
#include "folders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "entry.h"
#include "operations.h"
#include "paths.h"

void folder_stat(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    if (path_read(c, r, &actor, path)) {
        entry_answer(c, path);
    }
}

void folder_make(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    struct stat stat_buffer;
    bool made;
    if (!path_read(c, r, &actor, path)) {
        return;
    }
    if (stat(path, &stat_buffer) == 0) {
        conn_errno(c, S_ISDIR(stat_buffer.st_mode) ? EEXIST : ENOTDIR, "Make the folder", path);
        return;
    }
    int error = path_make_folders(path, &actor.user, true, &made);
    if (error == 0 && !made) {
        error = EEXIST; /* somebody else was quicker */
    }
    if (error != 0) {
        conn_errno(c, error, "Make the folder", path);
    } else {
        entry_answer(c, path);
    }
}

void folder_move(struct conn *c, struct reader *r) {
    struct actor actor;
    char source[PATH_MAX];
    char destination[PATH_MAX];
    const char *user = read_string(r);
    const char *from = read_string(r);
    const char *to = read_string(r);
    if (r->bad) {
        operation_malformed(c);
        return;
    }
    if (!identity_find(c, user, &actor) || !path_resolve(c, &actor, from, source)
        || !path_resolve(c, &actor, to, destination)) {
        return;
    }
    int error = path_make_folders(destination, &actor.user, false, NULL);
    if (error != 0) {
        conn_errno(c, error, "Make the folder to move to", destination);
    } else if (rename(source, destination) < 0) {
        conn_errno(c, errno, "Move the entry", source);
    } else {
        entry_answer(c, destination);
    }
}

void folder_resolve(struct conn *c, struct reader *r) {
    struct actor actor;
    char path[PATH_MAX];
    if (!path_read(c, r, &actor, path)) {
        return;
    }
    size_t place = message_begin(&c->out, FRAME_DONE);
    put_string(&c->out, path);
    put_u32(&c->out, actor.user.uid);
    put_u32(&c->out, actor.user.gid);
    put_string(&c->out, actor.user.name);
    put_string(&c->out, actor.user.home);
    message_end(&c->out, place);
}
