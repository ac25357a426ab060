#define _GNU_SOURCE
#include "cchatdaemon.h"

#include <grp.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int chatd_exec_again(char *const arguments[], char *const environment[]) {
    return execve("/proc/self/exe", arguments, environment);
}

char *const *chatd_environment(void) { return environ; }

int chatd_into_background(void) { return daemon(0, 0); }

int chatd_take_user(uint32_t uid, uint32_t gid) {
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) return -1;
    return 0;
}

bool chatd_is_root(void) {
    uid_t user[3];
    gid_t group[3];
    if (getresuid(&user[0], &user[1], &user[2]) != 0 || getresgid(&group[0], &group[1], &group[2]) != 0) return true;
    return user[0] == 0 || user[1] == 0 || user[2] == 0 || group[0] == 0 || group[1] == 0 || group[2] == 0;
}

int chatd_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int chatd_forbid_core_dumps_and_tracing(void) {
    if (setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int chatd_die_quietly(void) {
    static const int crashes[] = {SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (sigaction(crashes[i], &plain, NULL) != 0) return -1;
    return 0;
}

int chatd_forbid_children(void) { return setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0}); }

int64_t chatd_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

void chatd_give_memory_back(void) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    mallopt(M_TRIM_THRESHOLD, 256 << 10);
}

/* Segments that are not written are clean pages of a file. */
static int forget_segments(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size;
    (void)unused;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        uintptr_t start = object->dlpi_addr + segment->p_vaddr, end = start + segment->p_filesz;
        start = (start + page - 1) & ~(page - 1);
        end &= ~(page - 1);
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void chatd_forget_start(void) {
    malloc_trim(0);
    dl_iterate_phdr(forget_segments, NULL);
}

/* Connected at once: later there may be no way to. */
void chatd_log_open(const char *name) { openlog(name, LOG_NDELAY, LOG_DAEMON); }

void chatd_log(bool serious, const char *text) { syslog(serious ? LOG_ERR : LOG_NOTICE, "%s", text); }

int chatd_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

_Static_assert(sizeof(struct signalfd_siginfo) == CHATD_SIGNAL_RECORD, "signalfd(2)");

int chatd_signal_number(const void *record) {
    struct signalfd_siginfo info;
    memcpy(&info, record, sizeof info);
    return (int)info.ssi_signo;
}

int64_t chatd_monotonic_microseconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) abort();
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t chatd_unix_milliseconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) abort();
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t chatd_random(void) {
    uint64_t value;
    if (getrandom(&value, sizeof value, 0) != sizeof value) abort();
    return value;
}

uint32_t chatd_user(void) { return geteuid(); }
