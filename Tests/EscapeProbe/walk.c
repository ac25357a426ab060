#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static int closed(int descriptor) {
    if (descriptor < 0) return errno;
    close(descriptor);
    return 0;
}

/* No terminal is taken and no FIFO waited for. */
#define QUIETLY (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static int for_reading(const char *path) { return closed(open(path, O_RDONLY | QUIETLY)); }
static int for_writing(const char *path) { return closed(open(path, O_WRONLY | QUIETLY)); }

static int entries(const char *path) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | QUIETLY);
    if (folder < 0) return errno;
    char piece[512];
    int error = syscall(SYS_getdents64, folder, piece, sizeof piece) < 0 ? errno : 0;
    close(folder);
    return error;
}

static int status(const char *path) {
    struct stat found;
    return lstat(path, &found) == 0 ? 0 : errno;
}

static int target(const char *path) {
    char text[256];
    return readlink(path, text, sizeof text) >= 0 ? 0 : errno;
}

/* The argument list cannot be read, which the kernel sees after it has asked whether the file may be executed and before
 * it starts it. */
static int execution(const char *path) {
    static char *const none[] = {NULL};
    syscall(SYS_execve, path, (char *const *)1, none);
    return errno == EFAULT ? 0 : errno;
}

/* Into memory that can be executed: how the loader takes a library in. */
static int code(const char *path) {
    int file = open(path, O_RDONLY | QUIETLY);
    if (file < 0) return errno;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    int error = page == MAP_FAILED ? errno : 0;
    if (!error) munmap(page, 4096);
    close(file);
    return error;
}

static int new_file(const char *path) {
    int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno;
    int error = closed(openat(folder, "escape-probe", O_WRONLY | O_CREAT | O_EXCL | QUIETLY, 0600));
    if (!error) unlinkat(folder, "escape-probe", 0);
    close(folder);
    return error;
}

static int new_name(const char *path) {
    int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno;
    int error = symlinkat("/", folder, "escape-probe") == 0 ? 0 : errno;
    if (!error) unlinkat(folder, "escape-probe", 0);
    close(folder);
    return error;
}

static int connection(const char *path) {
    static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    if (*path == '@') *address.sun_path = 0;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    int error = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int client = socket(AF_UNIX, kinds[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (client < 0) return errno;
        int outcome = connect(client, (struct sockaddr *)&address, size) == 0 ? 0 : errno;
        close(client);
        if (outcome == 0) return 0;
        if (outcome != EPROTOTYPE) error = outcome; /* of another kind */
    }
    return error;
}

static int label(const char *path) {
    char context[256];
    ssize_t length = lgetxattr(path, "security.selinux", context, sizeof context);
    if (length <= 0) return errno;
    /* The same one again changes nothing, but is to be asked for like any other. */
    return lsetxattr(path, "security.selinux", context, (size_t)length, 0) == 0 ? 0 : errno;
}

struct tally {
    char label[64];
    char example[128];
    long count;
};

#define MOST_LABELS 512
static struct tally done[MOST_LABELS];
static long refused[256];

static void add(const struct listed *file) {
    for (size_t i = 0; i < MOST_LABELS; i++) {
        if (done[i].count == 0) {
            snprintf(done[i].label, sizeof done[i].label, "%s", file->label);
            snprintf(done[i].example, sizeof done[i].example, "%s", file->path);
        }
        if (strcmp(done[i].label, file->label) == 0) {
            done[i].count++;
            return;
        }
    }
}

int walk(const char *id, const char *action, const char *list) {
    static const struct {
        const char *name, *kinds;
        int (*run)(const char *path);
    } actions[] = {
        {"read", "fcbp", for_reading}, {"write", "fcbp", for_writing}, {"list", "d", entries},   {"status", "fdlscbp", status},
        {"target", "l", target},       {"execute", "f", execution},    {"code", "f", code},      {"create", "d", new_file},
        {"link", "d", new_name},       {"connect", "s", connection},   {"label", "fdlscbp", label},
    };
    memset(done, 0, sizeof done);
    memset(refused, 0, sizeof refused);
    size_t chosen = 0, position = 0;
    while (chosen < sizeof actions / sizeof *actions && strcmp(actions[chosen].name, action) != 0) chosen++;
    if (chosen == sizeof actions / sizeof *actions) return EBADRQC;
    long count = 0, successes = 0;
    for (struct listed file; plan_next_file(list, &position, &file);) {
        if (!strchr(actions[chosen].kinds, *file.kind)) continue;
        int error = actions[chosen].run(file.path);
        count++;
        if (error == 0) add(&file), successes++;
        else if (error < 256) refused[error]++;
    }
    for (size_t i = 0; i < MOST_LABELS && done[i].count; i++)
        report("@did %s %s %ld %s", id, done[i].label, done[i].count, done[i].example);
    for (int i = 1; i < 256; i++)
        if (refused[i]) report("@refused %s %s %ld", id, error_name(i), refused[i]);
    report("@walked %s %ld %ld", id, count, successes);
    return 0;
}
