/*
 * Links, owners, modes, times, extended attributes (PROTOCOL.md §6: READ_LINK to SET_ATTRIBUTE). Run on workers.
 */
#ifndef CAISSON_ATTRIBUTES_H
#define CAISSON_ATTRIBUTES_H

#include "conn.h"

void attribute_read_link(struct conn *conn, struct reader *reader);
void attribute_link(struct conn *conn, struct reader *reader);
void attribute_change(struct conn *conn, struct reader *reader);
void attribute_list(struct conn *conn, struct reader *reader);
void attribute_set(struct conn *conn, struct reader *reader);

#endif
