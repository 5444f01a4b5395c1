/*
 * HELLO and AUTH. See handshake.h.
 */
#include "handshake.h"

#include "operations.h"

static const char *const CAPABILITIES[] = {
    "attach-offset", "signal-group", "limits", "links", "attributes", "rename-cookie", "serve", "deadline",
    "awake", "hooks",
};

void handshake_hello(struct buffer *b, const uint8_t nonce[NONCE_SIZE]) {
    put_raw(b, "CSNL", 4);
    put_u16(b, LINK_VERSION);
    put_u16(b, LINK_VERSION);
    put_raw(b, nonce, NONCE_SIZE);
    put_string(b, AGENT_VERSION);
    put_u32(b, sizeof CAPABILITIES / sizeof *CAPABILITIES);
    for (size_t i = 0; i < sizeof CAPABILITIES / sizeof *CAPABILITIES; i++) {
        put_string(b, CAPABILITIES[i]);
    }
}

enum auth_result handshake_check(const uint8_t nonce[NONCE_SIZE], const uint8_t auth[HANDSHAKE_AUTH], uint8_t answer[PROOF_SIZE]) {
    struct buffer hello = {0};
    handshake_hello(&hello, nonce);
    struct auth_talk talk = {buffer_front(&hello), hello.length, auth, auth + 2};
    bool right_version = auth[0] == LINK_VERSION >> 8 && auth[1] == (LINK_VERSION & 0xff);
    enum auth_result result = AUTH_DENIED;
    if (right_version && !hello.failed) {
        result = auth_check(&talk, auth + 2 + NONCE_SIZE, answer);
    }
    buffer_free(&hello);
    return result;
}
