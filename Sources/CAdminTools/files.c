#define _GNU_SOURCE
#include "cadmintools.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

int cadmin_facts(int descriptor, struct cadmin_facts *out) {
    struct stat found;
    if (fstat(descriptor, &found) != 0) return -errno;
    bool block = S_ISBLK(found.st_mode);
    dev_t device = block ? found.st_rdev : found.st_dev;
    *out = (struct cadmin_facts){
        .kind = block ? CADMIN_BLOCK : S_ISREG(found.st_mode) ? CADMIN_REGULAR : CADMIN_OTHER,
        .owner = found.st_uid,
        .permissions = found.st_mode & 07777,
        .links = found.st_nlink,
        .major = major(device),
        .minor = minor(device),
        .inode = block ? 0 : found.st_ino,
        .size = (uint64_t)found.st_size,
    };
    if (block && ioctl(descriptor, BLKGETSIZE64, &out->size) != 0) return -errno;
    if (out->kind == CADMIN_REGULAR) {
        struct statfs system;
        if (fstatfs(descriptor, &system) != 0) return -errno;
        out->in_memory = system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC;
    }
    return 0;
}

int cadmin_facts_of(const char *path, struct cadmin_facts *out) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return -errno;
    int outcome = cadmin_facts(descriptor, out);
    close(descriptor);
    return outcome;
}

int cadmin_open_device(const char *path) {
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return descriptor >= 0 ? descriptor : -errno;
}

int cadmin_open_secret(const char *path) {
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    return descriptor >= 0 ? descriptor : -errno;
}

int cadmin_claim(int descriptor) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_OFD_SETLK, &whole) == 0 ? 0 : -errno;
}

int cadmin_read_at(int descriptor, uint8_t *memory, size_t count, uint64_t offset) {
    while (count > 0) {
        ssize_t got = pread(descriptor, memory, count, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got < 0 ? -errno : -EIO;
        memory += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return 0;
}

int cadmin_write_at(int descriptor, const uint8_t *memory, size_t count, uint64_t offset) {
    while (count > 0) {
        ssize_t written = pwrite(descriptor, memory, count, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written < 0 ? -errno : -EIO;
        memory += written;
        offset += (uint64_t)written;
        count -= (size_t)written;
    }
    return 0;
}

int cadmin_sync(int descriptor) { return fsync(descriptor) == 0 ? 0 : -errno; }

int cadmin_destroy_file(int descriptor, const char *path, uint64_t size) {
    static const uint8_t zeros[4096];
    for (uint64_t offset = 0; offset < size; offset += sizeof zeros) {
        uint64_t left = size - offset;
        int outcome = cadmin_write_at(descriptor, zeros, left < sizeof zeros ? left : sizeof zeros, offset);
        if (outcome != 0) return outcome;
    }
    if (fsync(descriptor) != 0 || unlink(path) != 0) return -errno;
    return 0;
}

long cadmin_list(const char *folder, uint8_t *buffer, size_t size) {
    DIR *open = opendir(folder);
    if (!open) return -errno;
    size_t used = 0;
    for (struct dirent *entry; (entry = readdir(open));) {
        size_t length = strlen(entry->d_name) + 1;
        if (entry->d_name[0] == '.' || length > size - used) continue;
        memcpy(buffer + used, entry->d_name, length);
        used += length;
    }
    closedir(open);
    return (long)used;
}

long cadmin_read_file(const char *path, uint8_t *buffer, size_t size) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return -errno;
    size_t used = 0;
    ssize_t got = 0;
    while (used < size && (got = read(descriptor, buffer + used, size - used)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        used += (size_t)got;
    }
    int error = errno;
    close(descriptor);
    return got < 0 ? -error : (long)used;
}

const char *cadmin_error(int number) { return strerror(-number); }

bool cadmin_is_refusal(int number) { return number == -EPERM || number == -ENOENT; }

void cadmin_keep_error(int level, const char *message, void *buffer) {
    if (level != 1 || !buffer) return; /* 1: CRYPT_LOG_ERROR */
    char *kept = buffer;
    size_t length = strcspn(message, "\n");
    if (length >= CADMIN_MESSAGE) length = CADMIN_MESSAGE - 1;
    memcpy(kept, message, length);
    kept[length] = 0;
}
