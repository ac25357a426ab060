#define _GNU_SOURCE
#include "cadmintools.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
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

int cadmin_discard(int descriptor, uint64_t count) {
    uint64_t range[2] = {0, count};
    return ioctl(descriptor, BLKDISCARD, range) == 0 ? 0 : -errno;
}

int cadmin_drop_cache(int descriptor) { return -posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED); }

void cadmin_show(const char *text) {
    struct stat found;
    if (fstat(1, &found) != 0) return;
    ssize_t shown = 0;
    if (S_ISSOCK(found.st_mode)) {
        shown = send(1, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (S_ISCHR(found.st_mode) || S_ISFIFO(found.st_mode)) {
        /* Opened anew, so that whoever shares the terminal keeps it as it is. */
        int output = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (output < 0) return;
        shown = write(output, text, strlen(text));
        close(output);
    } else {
        shown = write(1, text, strlen(text));
    }
    if (shown < 0) return; /* nobody is there to be told */
}

int cadmin_fork(void) { return fork(); }

bool cadmin_wait_briefly(int child, int tenths) {
    while (waitpid(child, NULL, WNOHANG) == 0) {
        if (tenths-- == 0) return false;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return true;
}

void cadmin_power_off(void) {
    char *arguments[] = {"systemctl", "--force", "--force", "poweroff", NULL};
    char *environment[] = {NULL};
    pid_t child;
    /* It powers off at once or not at all. */
    if (posix_spawn(&child, "/usr/bin/systemctl", NULL, NULL, arguments, environment) == 0)
        cadmin_wait_briefly(child, 30);
    reboot(RB_POWER_OFF);
    reboot(RB_AUTOBOOT);
}
