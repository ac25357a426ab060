#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each gives 0 or an errno. */

/* `clone FLAGS`: a child, in new namespaces where the flags say so. */
static int do_clone(char *words[], int count) {
    long flags = 0;
    if (count > 0 && strcmp(words[0], "0") != 0 && !constant_value(words[0], strlen(words[0]), &flags)) return EBADRQC;
    long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child < 0) return errno;
    waitpid((pid_t)child, NULL, 0);
    return 0;
}

static void *nothing(void *argument) { return argument; }

static int do_thread(char *words[], int count) {
    (void)words, (void)count;
    pthread_t thread;
    int error = pthread_create(&thread, NULL, nothing, NULL);
    if (error == 0) pthread_join(thread, NULL);
    return error;
}

/* `forks N`: so many processes at once. */
static int do_forks(char *words[], int count) {
    int wanted = count > 0 ? atoi(words[0]) : 0, made = 0, error = 0;
    pid_t children[256];
    for (; made < wanted && made < 256; made++) {
        children[made] = fork();
        if (children[made] == 0) {
            pause();
            _exit(0);
        }
        if (children[made] < 0) {
            error = errno;
            break;
        }
    }
    for (int i = 0; i < made; i++) kill(children[i], SIGKILL), waitpid(children[i], NULL, 0);
    return error;
}

/* Before another program takes the place of this one: what it says goes nowhere, and it does not stay. */
static void leave_nothing(void) {
    for (int i = 0; i < 3; i++) fcntl(i, F_SETFD, FD_CLOEXEC);
    alarm(5);
}

/* After that has failed. */
static int go_on(void) {
    int error = errno;
    alarm(0);
    for (int i = 0; i < 3; i++) fcntl(i, F_SETFD, 0);
    return error;
}

/* `execute PATH [ARGUMENT]`: really. */
static int do_execute(char *words[], int count) {
    if (count < 1) return EBADRQC;
    char *arguments[] = {words[0], count > 1 ? words[1] : NULL, NULL}, *environment[] = {NULL};
    leave_nothing();
    execve(words[0], arguments, environment);
    return go_on();
}

/* `execute-handle PATH`: by a descriptor that gives no right to the file. */
static int do_execute_handle(char *words[], int count) {
    int handle = count > 0 ? open(words[0], O_PATH | O_CLOEXEC) : -1;
    if (handle < 0) return count > 0 ? errno : EBADRQC;
    char *arguments[] = {words[0], NULL}, *environment[] = {NULL};
    leave_nothing();
    execveat(handle, "", arguments, environment, AT_EMPTY_PATH);
    int error = go_on();
    close(handle);
    return error;
}

/* `execute-memory FILE`: a copy of a program in memory that has no name. */
static int do_execute_memory(char *words[], int count) {
    if (count < 1) return EBADRQC;
    int from = open(words[0], O_RDONLY | O_CLOEXEC);
    if (from < 0) return errno;
    int memory = memfd_create("copy", MFD_CLOEXEC), error = memory < 0 ? errno : 0;
    char piece[4096];
    for (ssize_t got; error == 0 && (got = read(from, piece, sizeof piece)) > 0;)
        if (write(memory, piece, (size_t)got) != got) error = errno;
    char *arguments[] = {"copy", "--version", NULL}, *environment[] = {NULL};
    if (error == 0) {
        leave_nothing();
        fexecve(memory, arguments, environment);
        error = go_on();
    }
    close(from);
    close(memory);
    return error;
}

static int make_executable(void *page, int protection) {
    return mprotect(page, (size_t)sysconf(_SC_PAGESIZE), protection) == 0 ? 0 : errno;
}

static void *page_of(const void *address) {
    return (void *)((unsigned long)address & ~((unsigned long)sysconf(_SC_PAGESIZE) - 1));
}

static int do_stack(char *words[], int count) {
    (void)words, (void)count;
    int here = 0;
    return make_executable(page_of(&here), PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int do_heap(char *words[], int count) {
    (void)words, (void)count;
    void *end = sbrk(0x4000);
    if (end == (void *)-1) return errno;
    return make_executable(page_of((char *)end + 0x2000), PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* `written FILE`: maps the file, writes to its own copy, and makes that executable. */
static int do_written(char *words[], int count) {
    int file = count > 0 ? open(words[0], O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return count > 0 ? errno : EBADRQC;
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    int error = page == MAP_FAILED ? errno : 0;
    close(file);
    if (error) return error;
    page[0] = 1;
    error = make_executable(page, PROT_READ | PROT_EXEC);
    munmap(page, 4096);
    return error;
}

/* A system call by the way that 32-bit programs use. */
static int do_int80(char *words[], int count) {
    (void)words, (void)count;
#if defined(__x86_64__)
    long number = 20 /* getpid */, result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number) : "memory", "r8", "r9", "r10", "r11");
    return result > 0 ? 0 : (int)-result;
#else
    return ENOSYS;
#endif
}

static int do_x32(char *words[], int count) {
    (void)words, (void)count;
    return syscall(0x40000000 | 39 /* getpid */) > 0 ? 0 : errno;
}

/* Whether whoever started this left descriptors open beside the three. */
static int do_inherited(char *words[], int count) {
    (void)words, (void)count;
    for (int i = 3; i < 1024; i++)
        if (fcntl(i, F_GETFD) >= 0) return 0;
    return EACCES;
}

/* Whether the loader would heed LD_PRELOAD and its like: not in secure mode (AT_SECURE, ld.so(8)). */
static int do_environment(char *words[], int count) {
    (void)words, (void)count;
    return getauxval(AT_SECURE) ? EACCES : 0;
}

static int do_abort(char *words[], int count) {
    (void)words, (void)count;
    signal(SIGABRT, SIG_DFL);
    abort();
}

/* `descriptors N`: so many at once. */
static int do_descriptors(char *words[], int count) {
    int wanted = count > 0 ? atoi(words[0]) : 0, error = 0, last = -1;
    for (int i = 0; i < wanted && error == 0; i++) {
        int copy = fcntl(1, F_DUPFD_CLOEXEC, 3);
        if (copy < 0) error = errno;
        else last = copy;
    }
    if (last >= 0) close_range(3, (unsigned)last, 0);
    return error;
}

static const struct {
    const char *name;
    int (*run)(char *words[], int count);
} acts[] = {
    {"abort", do_abort},
    {"clone", do_clone},
    {"descriptors", do_descriptors},
    {"environment", do_environment},
    {"execute", do_execute},
    {"execute-handle", do_execute_handle},
    {"execute-memory", do_execute_memory},
    {"executable-heap", do_heap},
    {"executable-stack", do_stack},
    {"executable-written", do_written},
    {"forks", do_forks},
    {"inherited", do_inherited},
    {"int80", do_int80},
    {"thread", do_thread},
    {"x32", do_x32},
};

static int index_of(const char *name) {
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, name) == 0) return (int)i;
    return -1;
}

bool is_act(const char *name) { return index_of(name) >= 0; }

bool act(const char *name, char *words[], int count, int *error) {
    int index = index_of(name);
    if (index < 0) return false;
    *error = acts[index].run(words, count);
    return true;
}
