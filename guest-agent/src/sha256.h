/*
 * SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104). Used by auth.c and machine.c.
 */
#ifndef CAISSON_SHA256_H
#define CAISSON_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_BLOCK = 64 };

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[SHA256_BLOCK];
};

struct hmac {
    struct sha256 inner;
    struct sha256 outer;
};

void sha256_start(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t length);
void sha256_end(struct sha256 *s, uint8_t digest[SHA256_SIZE]);

/* The key is 32 bytes long. */
void hmac_start(struct hmac *h, const uint8_t key[SHA256_SIZE]);
void hmac_add(struct hmac *h, const void *bytes, size_t length);
void hmac_end(struct hmac *h, uint8_t digest[SHA256_SIZE]);

#endif
