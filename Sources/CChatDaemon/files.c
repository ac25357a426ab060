#define _GNU_SOURCE
#include "cchatdaemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int chatd_file_state(const char *path, struct chatd_file_state *out) {
    struct stat found;
    if (stat(path, &found) != 0) return -1;
    *out = (struct chatd_file_state){.size = found.st_size,
                                     .seconds = found.st_mtim.tv_sec,
                                     .nanoseconds = found.st_mtim.tv_nsec,
                                     .inode = found.st_ino,
                                     .device = found.st_dev,
                                     .is_regular = S_ISREG(found.st_mode)};
    return 0;
}

static long read_all(int descriptor, size_t limit, uint8_t **out) {
    size_t size = 0, room = 16384;
    uint8_t *bytes = malloc(room);
    while (bytes) {
        ssize_t got = read(descriptor, bytes + size, room - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        if (got == 0) {
            *out = bytes;
            return (long)size;
        }
        size += (size_t)got;
        if (size > limit) {
            errno = EFBIG;
            break;
        }
        if (size < room) continue;
        uint8_t *larger = realloc(bytes, room *= 2);
        if (!larger) break;
        bytes = larger;
    }
    free(bytes);
    return -1;
}

long chatd_read_file(const char *path, size_t limit, uint8_t **out) {
    /* A FIFO in place of a file must not stop the server. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return -1;
    long size = read_all(descriptor, limit, out);
    int saved = errno;
    close(descriptor);
    errno = saved;
    return size;
}

int chatd_write_file(const char *path, const char *text) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0644);
    if (descriptor < 0) return -1;
    ssize_t written = write(descriptor, text, strlen(text));
    int closed = close(descriptor);
    return written == (ssize_t)strlen(text) ? closed : -1;
}

char *chatd_list_directory(const char *path) {
    DIR *directory = opendir(path);
    if (!directory) return NULL;
    size_t size = 0;
    char *names = calloc(1, 1);
    struct dirent *entry;
    while (names && (entry = readdir(directory))) {
        size_t length = strlen(entry->d_name);
        char *larger = realloc(names, size + length + 2);
        if (!larger) {
            free(names);
            names = NULL;
            break;
        }
        names = larger;
        memcpy(names + size, entry->d_name, length);
        names[size + length] = '\n';
        names[size + length + 1] = 0;
        size += length + 1;
    }
    closedir(directory);
    return names;
}
