#define _GNU_SOURCE
#include "stepper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void set_default_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const struct stepper_run *run) {
    int input = open(run->input ? run->input : "/dev/null", O_RDONLY);
    int output = open(run->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (input < 0 || output < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(126);
    set_default_signals();
    if (run->traced && (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0)) _exit(126);
    char *none[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    execve(run->arguments[0], run->arguments, none);
    _exit(126);
}

static bool is_on(const struct stepper_run *run, pid_t process, uint64_t descriptor) {
    if (!run->only) return true;
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", process, (int)descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = 0;
    return strcmp(path, run->only) == 0;
}

static bool changes(const struct stepper_run *run, pid_t process, const struct __ptrace_syscall_info *call) {
    uint64_t wanted = call->entry.nr;
    if (run->counts_programs)
        return wanted == SYS_clone || wanted == SYS_clone3 || wanted == SYS_vfork || wanted == SYS_mkdir ||
               wanted == SYS_fchown || wanted == SYS_unlink || wanted == SYS_unlinkat || wanted == SYS_rmdir;
    switch (call->entry.nr) {
    case SYS_write:
    case SYS_writev:
        if (call->entry.args[0] <= 2) return false;
        return is_on(run, process, call->entry.args[0]);
    case SYS_pwrite64:
    case SYS_pwritev:
    case SYS_pwritev2:
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_ftruncate:
    case SYS_fallocate: return is_on(run, process, call->entry.args[0]);
    case SYS_ioctl:
        return call->entry.args[1] == BLKDISCARD && is_on(run, process, call->entry.args[0]);
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rename: return !run->only;
    default: return false;
    }
}

static uint64_t position(pid_t process, int descriptor) {
    char path[64], text[64] = {0};
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", process, descriptor);
    int file = open(path, O_RDONLY);
    if (file < 0 || read(file, text, sizeof text - 1) < 5) _exit(125);
    close(file);
    return strtoull(text + 4, NULL, 10); /* "pos:" */
}

static void record(int log, pid_t process, const struct __ptrace_syscall_info *call) {
    struct stepper_record entry = {0};
    const uint64_t *given = call->entry.args;
    bool writes = call->entry.nr == SYS_write || call->entry.nr == SYS_pwrite64;
    if (!writes && call->entry.nr != SYS_fsync && call->entry.nr != SYS_fdatasync) _exit(125);
    if (writes) entry.count = given[2];
    if (writes) entry.offset = call->entry.nr == SYS_write ? position(process, (int)given[0]) : given[3];
    if (write(log, &entry, sizeof entry) != sizeof entry) _exit(125);
    static uint8_t bytes[1 << 16];
    for (uint64_t done = 0; done < entry.count;) {
        size_t count = entry.count - done < sizeof bytes ? entry.count - done : sizeof bytes;
        struct iovec here = {bytes, count}, there = {(void *)(given[1] + done), count};
        if (process_vm_readv(process, &here, 1, &there, 1, 0) != (ssize_t)count) _exit(125);
        if (write(log, bytes, count) != (ssize_t)count) _exit(125);
        done += count;
    }
}

static void set_register(pid_t process, bool number, uint64_t value) {
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, process, NULL, &registers);
    if (number) registers.orig_rax = value;
    else registers.rax = value;
    ptrace(PTRACE_SETREGS, process, NULL, &registers);
}

static bool takes_memory(const struct __ptrace_syscall_info *call) {
    uint64_t number = call->entry.nr;
    return number == SYS_brk || number == SYS_mmap || number == SYS_mremap || number == SYS_mlock;
}

/* The whole life of the traced program. Only one thread of it is in a call that counts at a time. */
static int follow(const struct stepper_run *run, pid_t program, uint32_t *calls) {
    int status, log = -1;
    pid_t counted = 0, starved = 0;
    bool is_heap = false;
    if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) return -1;
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
    if (ptrace(PTRACE_SETOPTIONS, program, NULL, options) != 0) return -1;
    if (run->log && (log = open(run->log, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0) return -1;
    ptrace(PTRACE_SYSCALL, program, NULL, NULL);
    for (;;) {
        pid_t stopped = waitpid(-1, &status, __WALL);
        if (stopped < 0) return -1;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (stopped == program) return status;
            continue;
        }
        int number = WSTOPSIG(status);
        if (number != (SIGTRAP | 0x80)) {
            bool passed = number == SIGTRAP || number == SIGSTOP; /* an event of the tracing itself */
            ptrace(PTRACE_SYSCALL, stopped, NULL, passed ? 0 : number);
            continue;
        }
        struct __ptrace_syscall_info call;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, stopped, sizeof call, &call) <= 0) return -1;
        if (call.op == PTRACE_SYSCALL_INFO_ENTRY && changes(run, stopped, &call)) {
            ++*calls;
            counted = stopped;
            if (log >= 0) record(log, stopped, &call);
            if (*calls == run->kill_before) kill(program, SIGKILL);
            else if (*calls >= run->fail_from && *calls <= run->fail_until) set_register(stopped, true, -1ULL);
        } else if (call.op == PTRACE_SYSCALL_INFO_ENTRY && run->starve_at && *calls >= run->starve_at) {
            starved = takes_memory(&call) ? stopped : 0;
            if (starved) set_register(stopped, true, -1ULL);
            /* brk(2) has no errors: the C library looks whether the heap has become what it wanted. */
            is_heap = call.entry.nr == SYS_brk;
        } else if (call.op == PTRACE_SYSCALL_INFO_EXIT && starved == stopped) {
            starved = 0;
            set_register(stopped, false, is_heap ? 0 : -(uint64_t)ENOMEM);
        } else if (call.op == PTRACE_SYSCALL_INFO_EXIT && counted == stopped) {
            counted = 0;
            if (*calls == run->kill_after) kill(program, SIGKILL);
            else if (run->fail_from && *calls >= run->fail_from && *calls <= run->fail_until)
                set_register(stopped, false, -(uint64_t)EIO);
        }
        ptrace(PTRACE_SYSCALL, stopped, NULL, NULL);
    }
}

struct result {
    int status;
    uint32_t calls;
};

static void supervise(const struct stepper_run *run, int report) {
    struct result result = {-1, 0};
    pid_t program = fork();
    if (program == 0) become(run);
    if (program > 0 && run->traced) result.status = follow(run, program, &result.calls);
    else if (program > 0) waitpid(program, &result.status, 0);
    _exit(write(report, &result, sizeof result) == sizeof result ? 0 : 1);
}

int stepper_run(const struct stepper_run *run, uint32_t *calls) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t supervisor = fork();
    if (supervisor == 0) supervise(run, report[1]);
    close(report[1]);
    struct result result = {-1, 0};
    if (supervisor < 0 || read(report[0], &result, sizeof result) != sizeof result) result.status = -1;
    close(report[0]);
    while (supervisor > 0 && waitpid(supervisor, NULL, 0) < 0 && errno == EINTR) continue;
    if (calls) *calls = result.calls;
    return result.status;
}

bool stepper_claim(int descriptor) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_OFD_SETLK, &whole) == 0;
}

int stepper_start_on_terminal(char *const *arguments, int *master) {
    *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[64];
    if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0 || ptsname_r(*master, name, sizeof name) != 0)
        return -1;
    pid_t program = fork();
    if (program != 0) return program;
    int terminal = setsid() < 0 ? -1 : open(name, O_RDWR);
    if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) _exit(126);
    for (int stream = 0; stream < 3; stream++)
        if (dup2(terminal, stream) < 0) _exit(126);
    set_default_signals();
    execv(arguments[0], arguments);
    _exit(126);
}

long stepper_read(int master, int milliseconds, uint8_t *buffer, size_t size) {
    struct pollfd wanted = {.fd = master, .events = POLLIN};
    if (poll(&wanted, 1, milliseconds) <= 0) return 0;
    ssize_t got = read(master, buffer, size);
    return got > 0 ? got : -1;
}

bool stepper_echoes(int master) {
    struct termios mode;
    return tcgetattr(master, &mode) != 0 || mode.c_lflag & ECHO;
}
