#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(CPOSIX_WORKING_DIRECTORY == AT_FDCWD, "the header says AT_FDCWD without including fcntl.h");

static void translate(const struct stat *from, struct cposix_status *out) {
    out->kind = S_ISREG(from->st_mode) ? CPOSIX_REGULAR : S_ISDIR(from->st_mode) ? CPOSIX_DIRECTORY : CPOSIX_OTHER;
    out->owner = from->st_uid;
    out->permissions = from->st_mode & 07777;
    out->links = from->st_nlink;
    out->device = from->st_dev;
    out->inode = from->st_ino;
}

int cposix_status(int descriptor, struct cposix_status *out) {
    struct stat found;
    if (fstat(descriptor, &found) != 0) return -1;
    translate(&found, out);
    return 0;
}

int cposix_status_at(int directory, const char *name, struct cposix_status *out) {
    struct stat found;
    if (fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) != 0) return -1;
    translate(&found, out);
    return 0;
}

int cposix_open_directory(int directory, const char *name) {
    return openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int cposix_open_path(int directory, const char *name) {
    return openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int cposix_open_lock_file(int directory, const char *name) {
    /* O_NONBLOCK and O_NOCTTY: a FIFO or a terminal in its place must neither hold us up nor become ours. */
    return openat(directory, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
}

int cposix_restrict_to_owner(int descriptor) { return fchmod(descriptor, 0600); }

int cposix_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

void cposix_close(int descriptor) { close(descriptor); }

static bool copy(char *to, size_t size, const char *from) {
    size_t length = from ? strlen(from) : size;
    if (length >= size) return false;
    memcpy(to, from, length + 1);
    return true;
}

int cposix_account(uint32_t uid, struct cposix_account *out) {
    FILE *file = fopen("/etc/passwd", "re");
    if (!file) return -1;
    int outcome = -1;
    char buffer[2048];
    struct passwd entry, *found;
    while (fgetpwent_r(file, &entry, buffer, sizeof buffer, &found) == 0) {
        if (found->pw_uid != uid) continue;
        if (copy(out->name, sizeof out->name, found->pw_name) && copy(out->home, sizeof out->home, found->pw_dir))
            outcome = 0;
        snprintf(out->real_name, sizeof out->real_name, "%s", found->pw_gecos ? found->pw_gecos : "");
        break;
    }
    fclose(file);
    return outcome;
}
