#define _GNU_SOURCE
#include "cposix.h"
#include "ctortools.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int ctor_open_folder(int parent, const char *name) {
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int ctor_make_folder(int parent, const char *name, uint32_t uid, uint32_t gid) {
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST) return -1;
    int folder = ctor_open_folder(parent, name);
    if (folder < 0) return -1;
    if (fchown(folder, uid, gid) == 0 && fchmod(folder, 0700) == 0 && fsync(parent) == 0) return folder;
    close(folder);
    return -1;
}

int ctor_write_file(int folder, const char *name, const uint8_t *bytes, size_t count, uint32_t mode, uint32_t uid,
                    uint32_t gid) {
    char temporary[300];
    int length = snprintf(temporary, sizeof temporary, ".%s~", name);
    if (length < 0 || (size_t)length >= sizeof temporary) return -1;
    if (unlinkat(folder, temporary, 0) != 0 && errno != ENOENT) return -1;
    int file = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    int done = cposix_write(file, bytes, count) == 0 && fchown(file, uid, gid) == 0 && fchmod(file, mode) == 0 &&
               fsync(file) == 0;
    if (close(file) != 0) done = 0;
    if (done && renameat(folder, temporary, folder, name) == 0 && fsync(folder) == 0) return 0;
    unlinkat(folder, temporary, 0);
    return -1;
}

long ctor_read_file(int folder, const char *name, uint8_t *buffer, size_t count) {
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return -1;
    size_t used = 0;
    ssize_t got = 1;
    while (used < count && (got = read(file, buffer + used, count - used)) > 0) used += (size_t)got;
    uint8_t more;
    int is_whole = got == 0 || (got > 0 && read(file, &more, 1) == 0);
    close(file);
    return is_whole ? (long)used : -1;
}

int ctor_remove_file(int folder, const char *name) {
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT) return -1;
    return fsync(folder);
}

bool ctor_has_file(int folder, const char *name) {
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
}

int ctor_list(int folder, bool (*visit)(void *context, const char *name), void *context) {
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return -1;
    DIR *list = fdopendir(copy);
    if (!list) {
        close(copy);
        return -1;
    }
    errno = 0;
    for (struct dirent *entry; (entry = readdir(list)) && visit(context, entry->d_name);) errno = 0;
    int done = errno == 0;
    closedir(list);
    return done ? 0 : -1;
}

int ctor_user(const char *name, uint32_t *uid, uint32_t *gid) {
    FILE *file = fopen("/etc/passwd", "re");
    if (!file) return -1;
    char line[1024], found[64];
    int result = -1;
    while (result != 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "%63[^:]:%*[^:]:%u:%u:", found, uid, gid) == 3 && strcmp(found, name) == 0) result = 0;
    fclose(file);
    return result;
}

int ctor_lock(int folder, const char *name) {
    int file = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return -1;
    }
    return file;
}

static int connected(int family, const void *address, socklen_t size) {
    int file = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file < 0) return -1;
    struct timeval limit = {.tv_sec = 60};
    if (setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 && connect(file, address, size) == 0)
        return file;
    close(file);
    return -1;
}

int ctor_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, path);
    return connected(AF_UNIX, &address, sizeof address);
}

int ctor_connect_loopback(uint16_t port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    return connected(AF_INET, &address, sizeof address);
}

bool ctor_is_regular_file(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) != 0 || S_ISREG(status.st_mode);
}
