#define _GNU_SOURCE
#include "cadmintools.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DEEPEST = 64 };

/* What is in a folder: removed, or given to root. Follows no link and enters no other file system. */
static int each(int folder, dev_t device, int depth, bool removes) {
    if (depth > DEEPEST) return -ELOOP;
    DIR *open_folder = fdopendir(folder);
    if (!open_folder) {
        int error = errno;
        close(folder);
        return -error;
    }
    int outcome = 0;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        int here = dirfd(open_folder);
        struct stat found;
        if (fstatat(here, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno != ENOENT) outcome = -errno;
            continue;
        }
        int one = 0;
        if (S_ISDIR(found.st_mode)) {
            int inner = openat(here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (inner < 0) one = -errno;
            else if (found.st_dev != device) {
                close(inner);
                one = -EXDEV;
            } else one = each(inner, device, depth + 1, removes);
        }
        if (one == 0 && removes && unlinkat(here, name, S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0) != 0) one = -errno;
        if (one == 0 && !removes && fchownat(here, name, 0, 0, AT_SYMLINK_NOFOLLOW) != 0) one = -errno;
        if (one != 0) outcome = one;
    }
    closedir(open_folder);
    return outcome;
}

static int tree(int parent, const char *path, bool removes) {
    struct stat found;
    if (fstatat(parent, path, &found, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT ? 0 : -errno;
    int outcome = 0;
    if (S_ISDIR(found.st_mode)) {
        int folder = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder < 0) return -errno;
        outcome = each(folder, found.st_dev, 0, removes);
    }
    if (outcome != 0) return outcome;
    if (removes) return unlinkat(parent, path, S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0) == 0 ? 0 : -errno;
    return fchownat(parent, path, 0, 0, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
}

int cadmin_remove_tree(const char *path) { return tree(AT_FDCWD, path, true); }

int cadmin_give_to_root(const char *path) { return tree(AT_FDCWD, path, false); }

int cadmin_remove_owned(const char *path, uint32_t owner) {
    DIR *folder = opendir(path);
    if (!folder) return errno == ENOENT ? 0 : -errno;
    int outcome = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat found;
        if (fstatat(dirfd(folder), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 || found.st_uid != owner) continue;
        int one = tree(dirfd(folder), entry->d_name, true);
        if (one != 0) outcome = one;
    }
    closedir(folder);
    return outcome;
}

/* Of /proc: real, effective, saved and file system user; or who logged in. */
static bool is_of(const char *process, uint32_t user, bool by_login) {
    char path[300], text[4096];
    snprintf(path, sizeof path, by_login ? "/proc/%s/loginuid" : "/proc/%s/status", process);
    long count = cadmin_read_file(path, (uint8_t *)text, sizeof text - 1);
    if (count <= 0) return false;
    text[count] = 0;
    if (by_login) return strtoul(text, NULL, 10) == user;
    const char *line = strstr(text, "\nUid:");
    unsigned ids[4] = {0};
    if (!line || sscanf(line, "\nUid: %u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4) return false;
    return ids[0] == user || ids[1] == user || ids[2] == user || ids[3] == user;
}

static bool is_zombie(const char *process) {
    char path[300], text[512];
    snprintf(path, sizeof path, "/proc/%s/stat", process);
    long count = cadmin_read_file(path, (uint8_t *)text, sizeof text - 1);
    if (count <= 0) return true;
    text[count] = 0;
    const char *end = strrchr(text, ')');
    return end && (end[2] == 'Z' || end[2] == 'X');
}

static int kill_once(uint32_t user, bool by_login) {
    DIR *processes = opendir("/proc");
    if (!processes) return -errno;
    int found = 0;
    for (struct dirent *entry; (entry = readdir(processes));) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
        pid_t process = atoi(entry->d_name);
        if (process == getpid() || !is_of(entry->d_name, user, by_login) || is_zombie(entry->d_name)) continue;
        found++;
        kill(process, SIGKILL);
    }
    closedir(processes);
    return found;
}

static void pause_briefly(void) { nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL); }

int cadmin_end_processes(uint32_t user) {
    /* First the user's own: what holds the login, which is root's, then closes the session as it should. */
    enum { TURNS = 600, PATIENCE = 100 };
    int quiet = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        int own = kill_once(user, false);
        int held = turn < PATIENCE && own >= 0 ? 0 : kill_once(user, true);
        if (own < 0 || held < 0) return own < 0 ? own : held;
        bool is_held = false;
        if (own == 0 && turn < PATIENCE) {
            DIR *processes = opendir("/proc");
            for (struct dirent *entry; processes && (entry = readdir(processes));)
                is_held |= entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_of(entry->d_name, user, true) &&
                           !is_zombie(entry->d_name);
            if (processes) closedir(processes);
        }
        quiet = own == 0 && held == 0 && !is_held ? quiet + 1 : 0;
        if (quiet == 2) return 0;
        pause_briefly();
    }
    return -EBUSY;
}

/* Each line of these begins with a key and an identifier; the owner is in another column in each. */
static int sweep(const char *path, int column, uint32_t user, int (*remove)(int)) {
    FILE *table = fopen(path, "re");
    if (!table) return errno == ENOENT ? 0 : -errno;
    char line[512];
    int outcome = 0;
    while (fgets(line, sizeof line, table)) {
        char *rest = line;
        int identifier = -1;
        unsigned long owner = (unsigned long)-1;
        for (int index = 0; index <= column; index++) {
            char *end;
            long value = strtol(rest, &end, 10);
            if (end == rest) break;
            if (index == 1) identifier = (int)value;
            if (index == column) owner = (unsigned long)value;
            rest = end;
        }
        if (identifier >= 0 && owner == user && remove(identifier) != 0 && errno != EINVAL && errno != EIDRM)
            outcome = -errno;
    }
    fclose(table);
    return outcome;
}

static int remove_memory(int identifier) { return shmctl(identifier, IPC_RMID, NULL); }
static int remove_semaphores(int identifier) { return semctl(identifier, 0, IPC_RMID); }
static int remove_queue(int identifier) { return msgctl(identifier, IPC_RMID, NULL); }

int cadmin_remove_messages(uint32_t user) {
    /* Source: ipc/shm.c, ipc/sem.c, ipc/msg.c of the kernel: the columns of sysvipc_*_proc_show. */
    int memory = sweep("/proc/sysvipc/shm", 7, user, remove_memory);
    int semaphores = sweep("/proc/sysvipc/sem", 4, user, remove_semaphores);
    int queues = sweep("/proc/sysvipc/msg", 7, user, remove_queue);
    int names = cadmin_remove_owned("/dev/shm", user), queue_names = cadmin_remove_owned("/dev/mqueue", user);
    int outcomes[] = {memory, semaphores, queues, names, queue_names};
    for (size_t index = 0; index < sizeof outcomes / sizeof *outcomes; index++)
        if (outcomes[index] != 0) return outcomes[index];
    return 0;
}
