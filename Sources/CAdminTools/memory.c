#define _GNU_SOURCE
#include "cadmintools.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int cadmin_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : -errno; }

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
