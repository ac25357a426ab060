#define _GNU_SOURCE
#include "ctortools.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/random.h>

static int random_key(uint8_t key[CTOR_KEY]) { return getrandom(key, CTOR_KEY, 0) == CTOR_KEY ? 0 : -1; }

static int public_half(int type, const uint8_t *private_key, uint8_t *public_key) {
    size_t length = CTOR_KEY;
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(type, NULL, private_key, CTOR_KEY);
    int done = pair && EVP_PKEY_get_raw_public_key(pair, public_key, &length) == 1 && length == CTOR_KEY;
    EVP_PKEY_free(pair); /* wipes its copy */
    return done ? 0 : -1;
}

int ctor_make_client_key(uint8_t private_key[CTOR_KEY], uint8_t public_key[CTOR_KEY]) {
    return random_key(private_key) == 0 ? public_half(EVP_PKEY_X25519, private_key, public_key) : -1;
}

int ctor_make_service_key(uint8_t expanded[CTOR_EXPANDED_KEY], uint8_t public_key[CTOR_KEY]) {
    uint8_t seed[CTOR_KEY];
    unsigned int length = 0;
    int done = random_key(seed) == 0 && public_half(EVP_PKEY_ED25519, seed, public_key) == 0 &&
               EVP_Digest(seed, sizeof seed, expanded, &length, EVP_sha512(), NULL) == 1 &&
               length == CTOR_EXPANDED_KEY;
    explicit_bzero(seed, sizeof seed);
    if (!done) return -1;
    /* RFC 8032, 5.1.5, step 2. */
    expanded[0] &= 248;
    expanded[31] = (uint8_t)((expanded[31] & 127) | 64);
    return 0;
}

int ctor_sha3_256(const uint8_t *bytes, size_t count, uint8_t digest[32]) {
    unsigned int length = 0;
    return EVP_Digest(bytes, count, digest, &length, EVP_sha3_256(), NULL) == 1 && length == 32 ? 0 : -1;
}
