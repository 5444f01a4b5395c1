/*
 * The link's keys and proofs (PROTOCOL.md §2). Used by conn.c for the handshake, by main.c and identity.c to set keys.
 * Loop thread only.
 */
#ifndef CAISSON_AUTH_H
#define CAISSON_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_SIZE = 32, NONCE_SIZE = 32, PROOF_SIZE = 32 };

enum auth_result {
    AUTH_DENIED,
    AUTH_CURRENT,
    /* The key before the last INIT or AWAKE, whose successor nobody has used yet: good for those two only. */
    AUTH_PREVIOUS,
};

/* What both proofs are made over. */
struct auth_talk {
    const uint8_t *hello;
    size_t hello_length;
    const uint8_t *version;
    const uint8_t *host_nonce;
};

/* Takes the first key from 64 hex digits. False if it is none. */
bool auth_first_key(const char *hex);
/* The key of all later connections. `from_previous`: the connection that brings it used the previous key itself. */
void auth_next_key(const uint8_t key[KEY_SIZE], bool from_previous);
/* Checks the host's proof in constant time and gives the agent's answer to it. */
enum auth_result auth_check(const struct auth_talk *talk, const uint8_t proof[PROOF_SIZE], uint8_t answer[PROOF_SIZE]);
/* The host's side of it, with the current key; for tests. */
void auth_prove_host(const struct auth_talk *talk, uint8_t proof[PROOF_SIZE]);
/* Random bytes from the kernel, which differ between clones of one snapshot. */
void auth_random(uint8_t *bytes, size_t length);

#endif
