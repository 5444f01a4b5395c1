/*
 * SHA-256 and HMAC-SHA256, written from FIPS 180-4 §6.2 and RFC 2104. Small rather than fast: it sees a few hundred
 * bytes per connection.
 */
#include "sha256.h"

#include <string.h>

static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by) {
    return x >> by | x << (32 - by);
}

static void expand(const uint8_t *block, uint32_t w[64]) {
    for (int i = 0; i < 16; i++) {
        const uint8_t *at = block + 4 * i;
        w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

static void compress(uint32_t state[8], const uint8_t *block) {
    uint32_t w[64];
    uint32_t v[8];
    expand(block, w);
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + choice + ROUND[i] + w[i];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + s0 + majority;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

void sha256_start(struct sha256 *s) {
    static const uint32_t START[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(s->state, START, sizeof START);
    s->length = 0;
}

void sha256_add(struct sha256 *s, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    while (length > 0) {
        size_t filled = s->length % SHA256_BLOCK;
        size_t count = SHA256_BLOCK - filled < length ? SHA256_BLOCK - filled : length;
        memcpy(s->block + filled, at, count);
        s->length += count;
        at += count;
        length -= count;
        if (filled + count == SHA256_BLOCK) {
            compress(s->state, s->block);
        }
    }
}

void sha256_end(struct sha256 *s, uint8_t digest[SHA256_SIZE]) {
    static const uint8_t PADDING[SHA256_BLOCK] = {0x80};
    uint64_t bits = s->length * 8;
    uint8_t tail[8];
    for (int i = 0; i < 8; i++) {
        tail[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    size_t filled = s->length % SHA256_BLOCK;
    sha256_add(s, PADDING, filled < 56 ? 56 - filled : 120 - filled);
    sha256_add(s, tail, sizeof tail);
    for (int i = 0; i < SHA256_SIZE; i++) {
        digest[i] = (uint8_t)(s->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

static void start_padded(struct sha256 *s, const uint8_t *key, uint8_t with) {
    uint8_t block[SHA256_BLOCK];
    memset(block, with, sizeof block);
    for (int i = 0; i < SHA256_SIZE; i++) {
        block[i] ^= key[i];
    }
    sha256_start(s);
    sha256_add(s, block, sizeof block);
    explicit_bzero(block, sizeof block);
}

void hmac_start(struct hmac *h, const uint8_t key[SHA256_SIZE]) {
    start_padded(&h->inner, key, 0x36);
    start_padded(&h->outer, key, 0x5c);
}

void hmac_add(struct hmac *h, const void *bytes, size_t length) {
    sha256_add(&h->inner, bytes, length);
}

void hmac_end(struct hmac *h, uint8_t digest[SHA256_SIZE]) {
    sha256_end(&h->inner, digest);
    sha256_add(&h->outer, digest, SHA256_SIZE);
    sha256_end(&h->outer, digest);
    explicit_bzero(h, sizeof *h);
}
