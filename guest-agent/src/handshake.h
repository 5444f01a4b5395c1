/*
 * HELLO and AUTH (PROTOCOL.md §2): what the agent says first, and whether the host's proof of it holds. Used by conn.c.
 */
#ifndef CAISSON_HANDSHAKE_H
#define CAISSON_HANDSHAKE_H

#include "auth.h"
#include "wire.h"

/* Length of AUTH's payload. */
enum { HANDSHAKE_AUTH = 2 + NONCE_SIZE + PROOF_SIZE };

/* Appends the payload of HELLO. */
void handshake_hello(struct buffer *out, const uint8_t nonce[NONCE_SIZE]);
/* Checks the payload of AUTH against the HELLO with that nonce; `answer` is the payload of WELCOME. */
enum auth_result handshake_check(const uint8_t nonce[NONCE_SIZE], const uint8_t auth[HANDSHAKE_AUTH], uint8_t answer[PROOF_SIZE]);

#endif
