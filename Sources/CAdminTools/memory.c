#define _GNU_SOURCE
#include "cadmintools.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int cadmin_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : -errno; }

int cadmin_reserve_heap(void) {
    /* Pieces below the size from which on malloc maps each alone. */
    enum { PIECES = 16, SIZE = 64 << 10 };
    if (mallopt(M_TRIM_THRESHOLD, 1 << 30) != 1) return -EINVAL;
    void *pieces[PIECES];
    int taken = 0;
    while (taken < PIECES && (pieces[taken] = malloc(SIZE))) {
        memset(pieces[taken], 1, SIZE);
        taken++;
    }
    for (int piece = taken; piece-- > 0;) free(pieces[piece]);
    return taken == PIECES ? 0 : -ENOMEM;
}

uint8_t *cadmin_take_memory(size_t count) {
    void *memory = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    if (mlock(memory, count) == 0 && madvise(memory, count, MADV_DONTDUMP) == 0 &&
        madvise(memory, count, MADV_DONTFORK) == 0)
        return memory;
    munmap(memory, count);
    return NULL;
}

void cadmin_give_back_memory(uint8_t *memory, size_t count) {
    explicit_bzero(memory, count);
    munmap(memory, count);
}

void cadmin_wipe(uint8_t *memory, size_t count) { explicit_bzero(memory, count); }

void cadmin_copy(uint8_t *to, const uint8_t *from, size_t count) { memcpy(to, from, count); }

bool cadmin_is_same(const uint8_t *one, const uint8_t *other, size_t count) { return memcmp(one, other, count) == 0; }
