/*
 * READ and WRITE: whole files as streams (PROTOCOL.md §6). Run on workers.
 */
#ifndef CAISSON_FILES_H
#define CAISSON_FILES_H

#include "conn.h"

void file_read(struct conn *conn, struct reader *reader);
void file_write(struct conn *conn, struct reader *reader);

#endif
