#include "cposix.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

void cposix_fill_with_random(void *buffer, size_t count) {
    unsigned char *next = buffer;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort();
        next += got;
        count -= (size_t)got;
    }
}

/* Embedded Swift seeds its hashing with this function, which glibc has only since 2.36. */
void arc4random_buf(void *buffer, size_t count) { cposix_fill_with_random(buffer, count); }
