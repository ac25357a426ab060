#define _GNU_SOURCE
#include "cchatclient.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* No link is followed, no FIFO waited for, no terminal taken over. */
#define SAFELY (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
#define FOLDER ".irssius"
#define FILE_NAME "config"

static bool is_own(int descriptor, uint32_t user) {
    struct stat found;
    return fstat(descriptor, &found) == 0 && found.st_uid == user && (found.st_mode & 022) == 0;
}

static long read_whole(int descriptor, uint8_t *buffer, size_t size) {
    struct stat found;
    if (fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) || found.st_size < 0 || (size_t)found.st_size > size)
        return -1;
    size_t count = 0;
    while (count < size) {
        ssize_t got = read(descriptor, buffer + count, size - count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        count += (size_t)got;
    }
    return (long)count;
}

long cchat_read_file(const char *path, uint8_t *buffer, size_t size) {
    int descriptor = open(path, O_RDONLY | SAFELY);
    if (descriptor < 0) return -1;
    long count = read_whole(descriptor, buffer, size);
    close(descriptor);
    return count;
}

static int open_folder(const char *home, uint32_t user) {
    int top = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0) return -1;
    int folder = openat(top, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int error = errno;
    close(top);
    errno = error;
    if (folder >= 0 && !is_own(folder, user)) {
        close(folder);
        errno = EPERM;
        return -1;
    }
    return folder;
}

long cchat_read_personal(const char *home, uint32_t user, uint8_t *buffer, size_t size) {
    int folder = open_folder(home, user);
    if (folder < 0) return errno == ENOENT ? CCHAT_ABSENT : -1;
    int file = openat(folder, FILE_NAME, O_RDONLY | SAFELY);
    int error = errno;
    close(folder);
    if (file < 0) return error == ENOENT ? CCHAT_ABSENT : -1;
    long count = is_own(file, user) ? read_whole(file, buffer, size) : -1;
    close(file);
    return count;
}

int cchat_write_personal(const char *home, uint32_t user, const uint8_t *bytes, size_t count) {
    int top = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0) return -1;
    int made = mkdirat(top, FOLDER, 0700);
    int error = errno;
    close(top);
    if (made != 0 && error != EEXIST) return -1;
    int folder = open_folder(home, user);
    if (folder < 0) return -1;
    int file = openat(folder, FILE_NAME, O_WRONLY | O_CREAT | O_EXCL | SAFELY, 0600);
    bool is_written = file >= 0;
    while (is_written && count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        is_written = written > 0;
        if (is_written) {
            bytes += written;
            count -= (size_t)written;
        }
    }
    if (file >= 0 && !is_written) unlinkat(folder, FILE_NAME, 0); /* whole or absent */
    if (file >= 0) close(file);
    close(folder);
    return is_written ? 0 : -1;
}
