/*
 * The link's keys and proofs. See auth.h.
 */
#include "auth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sha256.h"

static uint8_t current[KEY_SIZE];
static uint8_t previous[KEY_SIZE];
static bool has_previous;

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool auth_first_key(const char *hex) {
    if (strlen(hex) != 2 * KEY_SIZE) {
        return false;
    }
    for (size_t i = 0; i < KEY_SIZE; i++) {
        int high = hex_digit(hex[2 * i]);
        int low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        current[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool equal(const uint8_t *a, const uint8_t *b, size_t length) {
    volatile uint8_t differs = 0;
    for (size_t i = 0; i < length; i++) {
        differs = (uint8_t)(differs | (a[i] ^ b[i]));
    }
    return differs == 0;
}

void auth_next_key(const uint8_t key[KEY_SIZE], bool from_previous) {
    if (equal(key, current, KEY_SIZE)) {
        return;
    }
    if (!from_previous) {
        memcpy(previous, current, KEY_SIZE);
        has_previous = true;
    }
    memcpy(current, key, KEY_SIZE);
}

static void prove(const uint8_t *key, const char *label, const struct auth_talk *talk, uint8_t proof[PROOF_SIZE]) {
    struct hmac h;
    hmac_start(&h, key);
    hmac_add(&h, label, strlen(label) + 1);
    hmac_add(&h, talk->hello, talk->hello_length);
    hmac_add(&h, talk->version, 2);
    hmac_add(&h, talk->host_nonce, NONCE_SIZE);
    hmac_end(&h, proof);
}

static bool proves(const uint8_t *key, const struct auth_talk *talk, const uint8_t *proof, uint8_t *answer) {
    uint8_t expected[PROOF_SIZE];
    prove(key, "caisson link host", talk, expected);
    if (!equal(expected, proof, PROOF_SIZE)) {
        return false;
    }
    prove(key, "caisson link agent", talk, answer);
    return true;
}

enum auth_result auth_check(const struct auth_talk *talk, const uint8_t proof[PROOF_SIZE], uint8_t answer[PROOF_SIZE]) {
    if (proves(current, talk, proof, answer)) {
        explicit_bzero(previous, KEY_SIZE);
        has_previous = false;
        return AUTH_CURRENT;
    }
    return has_previous && proves(previous, talk, proof, answer) ? AUTH_PREVIOUS : AUTH_DENIED;
}

void auth_prove_host(const struct auth_talk *talk, uint8_t proof[PROOF_SIZE]) {
    prove(current, "caisson link host", talk, proof);
}

void auth_random(uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t got = getrandom(bytes, length, 0);
        if (got < 0 && errno != EINTR) {
            abort(); /* without fresh nonces the link would be open to replays */
        }
        if (got > 0) {
            bytes += got;
            length -= (size_t)got;
        }
    }
}
