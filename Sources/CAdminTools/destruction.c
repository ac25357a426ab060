#define _GNU_SOURCE
#include "cadmintools.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int cadmin_open_direct(const char *path, char *real, size_t size) {
    char resolved[PATH_MAX];
    if (!realpath(path, resolved)) return -errno;
    if (strlen(resolved) >= size) return -ENAMETOOLONG;
    strcpy(real, resolved);
    int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int descriptor = open(resolved, flags | O_DIRECT);
    if (descriptor < 0 && errno == EINVAL) descriptor = open(resolved, flags);
    return descriptor >= 0 ? descriptor : -errno;
}

void cadmin_fill_with_random(uint8_t *memory, size_t count) {
    while (count > 0) {
        ssize_t got = getrandom(memory, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort();
        memory += got;
        count -= (size_t)got;
    }
}

int cadmin_discard(int descriptor, uint64_t count) {
    uint64_t range[2] = {0, count};
    return ioctl(descriptor, BLKDISCARD, range) == 0 ? 0 : -errno;
}

int cadmin_drop_cache(int descriptor) { return -posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED); }

void cadmin_show(const char *text) {
    struct pollfd output = {.fd = 1, .events = POLLOUT};
    if (poll(&output, 1, 0) != 1 || !(output.revents & POLLOUT)) return;
    if (write(1, text, strlen(text)) < 0) return; /* nobody is there to be told */
}

void cadmin_power_off(void) {
    char *arguments[] = {"systemctl", "--force", "--force", "poweroff", NULL};
    char *environment[] = {NULL};
    pid_t child;
    if (posix_spawn(&child, "/usr/bin/systemctl", NULL, NULL, arguments, environment) == 0) {
        /* It powers off at once or not at all: ten times a second, for three. */
        for (int tries = 0; tries < 30 && waitpid(child, NULL, WNOHANG) == 0; tries++)
            nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    reboot(RB_POWER_OFF);
    reboot(RB_AUTOBOOT);
}
