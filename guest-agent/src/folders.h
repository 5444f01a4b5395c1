/*
 * Everything about entries but their content: STAT, LIST, MAKE_FOLDER, MOVE, REMOVE (PROTOCOL.md §6). Run on workers.
 */
#ifndef CAISSON_FOLDERS_H
#define CAISSON_FOLDERS_H

#include "conn.h"

void folder_stat(struct conn *conn, struct reader *reader);
void folder_list(struct conn *conn, struct reader *reader);
void folder_make(struct conn *conn, struct reader *reader);
void folder_move(struct conn *conn, struct reader *reader);
void folder_remove(struct conn *conn, struct reader *reader);
void folder_resolve(struct conn *conn, struct reader *reader);

#endif
