#define _GNU_SOURCE
#include "cadmintools.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dqblk_xfs.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/quota.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Gives all of the input and takes all of the output at the same time: neither side waits for ever. */
static size_t converse(int to, int from, const uint8_t *input, size_t count, uint8_t *output, size_t size) {
    size_t used = 0;
    uint8_t rest[512];
    if (count == 0) {
        close(to);
        to = -1;
    }
    for (;;) {
        struct pollfd watched[] = {{.fd = from, .events = POLLIN}, {.fd = to, .events = POLLOUT}};
        if (poll(watched, 2, -1) < 0) {
            if (errno == EINTR) continue;
            break;
        }
        if (watched[1].revents) {
            ssize_t given = write(to, input, count);
            if (given > 0) {
                input += given;
                count -= (size_t)given;
            }
            if (count == 0 || (given < 0 && errno != EAGAIN && errno != EINTR)) {
                close(to);
                to = -1;
            }
        }
        if (!watched[0].revents) continue;
        bool fits = used < size;
        ssize_t got = read(from, fits ? output + used : rest, fits ? size - used : sizeof rest);
        if (got > 0 && fits) used += (size_t)got;
        if (got == 0 || (got < 0 && errno != EINTR)) break;
    }
    if (to >= 0) close(to);
    close(from);
    return used;
}

int cadmin_run(char *const *arguments, const uint8_t *input, size_t count, uint8_t *output, size_t *size) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0) return -errno;
    if (pipe2(out, O_CLOEXEC) != 0) {
        int error = errno;
        close(in[0]);
        close(in[1]);
        return -error;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    /* A group of its own: what is typed at the terminal is not for it. */
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    /* Some of these programs start others by name. */
    char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
    pid_t child;
    mode_t mask = umask(022);
    int error = posix_spawn(&child, arguments[0], &actions, &attributes, arguments, environment);
    umask(mask);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(in[0]);
    close(out[1]);
    if (error != 0) {
        close(in[1]);
        close(out[0]);
        return -error;
    }
    *size = converse(in[1], out[0], input, count, output, *size);
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool cadmin_exists(const char *path) {
    struct stat found;
    return lstat(path, &found) == 0;
}

int cadmin_make_folder(const char *path, uint32_t owner, uint32_t group, uint32_t mode) {
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return -errno;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return -errno;
    struct stat found;
    int outcome = 0;
    if (fstat(folder, &found) != 0) outcome = -errno;
    else if (found.st_uid != 0 && found.st_uid != owner) outcome = -EEXIST;
    else if (fchown(folder, owner, group) != 0 || fchmod(folder, mode) != 0 || fsync(folder) != 0) outcome = -errno;
    close(folder);
    return outcome;
}

int cadmin_write_file(const char *path, const uint8_t *bytes, size_t count, uint32_t owner, uint32_t group) {
    if (unlink(path) != 0 && errno != ENOENT) return -errno;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return -errno;
    int outcome = cadmin_write_at(file, bytes, count, 0);
    if (outcome == 0 && (fchown(file, owner, group) != 0 || fsync(file) != 0)) outcome = -errno;
    close(file);
    return outcome;
}

long cadmin_label(const char *path, uint8_t *buffer, size_t size) {
    ssize_t count = lgetxattr(path, "security.selinux", buffer, size);
    if (count < 0) return -errno;
    while (count > 0 && buffer[count - 1] == 0) count--;
    return count;
}

int cadmin_limit(const char *path, uint32_t user, uint64_t bytes, uint64_t files) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return -errno;
    struct statfs system;
    struct fs_quota_statv state = {.qs_version = FS_QSTATV_VERSION1};
    long outcome = 0;
    /* Nothing to do where no limit would be kept: another file system, or one that was mounted without quotas. */
    if (fstatfs(folder, &system) == 0 && system.f_type == XFS_SUPER_MAGIC &&
        syscall(SYS_quotactl_fd, folder, QCMD(Q_XGETQSTATV, USRQUOTA), 0, &state) == 0 &&
        state.qs_flags & FS_QUOTA_UDQ_ENFD) {
        struct fs_disk_quota limit = {
            .d_version = FS_DQUOT_VERSION,
            .d_flags = FS_USER_QUOTA,
            .d_fieldmask = FS_DQ_BHARD | FS_DQ_IHARD,
            .d_id = user,
            .d_blk_hardlimit = bytes / 512,
            .d_ino_hardlimit = files,
        };
        outcome = syscall(SYS_quotactl_fd, folder, QCMD(Q_XSETQLIM, USRQUOTA), user, &limit) == 0 ? 1 : -errno;
    }
    close(folder);
    return (int)outcome;
}
