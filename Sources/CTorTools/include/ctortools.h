/* What untochat-onion and untochat-update need of libcrypto and Linux and cannot call from Swift. No decision is made here. Functions that
 * return int give 0 or a descriptor for success and -1 for failure, unless they say otherwise. */
#ifndef CTORTOOLS_H
#define CTORTOOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- keys ---- */

#define CTOR_KEY 32
#define CTOR_EXPANDED_KEY 64


/* A key pair for X25519, RFC 7748. */
int ctor_make_client_key(uint8_t private_key[CTOR_KEY], uint8_t public_key[CTOR_KEY]);
/* A key pair for Ed25519, RFC 8032; the secret half expanded, as tor keeps it. */
int ctor_make_service_key(uint8_t expanded[CTOR_EXPANDED_KEY], uint8_t public_key[CTOR_KEY]);
int ctor_sha3_256(const uint8_t *bytes, size_t count, uint8_t digest[32]);

/* ---- files: in folders that somebody else may own, so by descriptor, never by a link ---- */

int ctor_open_folder(int parent, const char *name); /* parent -100: name is a path */
/* Makes the folder with mode 0700 for this user, where it is missing, and opens it. */
int ctor_make_folder(int parent, const char *name, uint32_t uid, uint32_t gid);
/* Temporary file, fsync, rename, fsync of the folder. */
int ctor_write_file(int folder, const char *name, const uint8_t *bytes, size_t count, uint32_t mode, uint32_t uid,
                    uint32_t gid);
long ctor_read_file(int folder, const char *name, uint8_t *buffer, size_t count); /* -1 also when it is longer */
int ctor_remove_file(int folder, const char *name); /* one that is not there is removed */
bool ctor_has_file(int folder, const char *name);
int ctor_list(int folder, bool (*visit)(void *context, const char *name), void *context);
int ctor_user(const char *name, uint32_t *uid, uint32_t *gid);
/* A lock that ends with the process; -1 where another has it. */
int ctor_lock(int folder, const char *name);

/* ---- tor ---- */

int ctor_connect(const char *path); /* a Unix socket, whose reads and writes end after 60 seconds */
int ctor_connect_loopback(uint16_t port); /* TCP to 127.0.0.1, the same */
/* Whether what is written there stays on a disk; also where nothing can be said about it. */
bool ctor_is_regular_file(int descriptor);

#endif
