/*
 * Descriptions of file system entries (PROTOCOL.md §6 `entry`, contract/envd.md §5.2). Used by files, folders, watches.
 * Safe on every thread.
 */
#ifndef CAISSON_ENTRY_H
#define CAISSON_ENTRY_H

#include <sys/stat.h>

#include "conn.h"
#include "users.h"

/* Appends the entry at an absolute path. 0, or an errno and nothing appended. `names` may serve many calls. */
int entry_put(struct buffer *out, const char *path, struct owner_names *names);
/* Answers DONE with the entry, or with the error. */
void entry_answer(struct conn *conn, const char *path);
/* As entry_put, for an open file: size, owner, mode and times are its own, also through a link. */
int entry_put_open(struct buffer *out, const char *path, int fd, struct owner_names *names);
/* Whether there is a folder (not a link to one). */
bool entry_is_folder(const char *path);

#endif
