#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* libc hides signals 32 and 33 from its callers, but a parent can have ignored or blocked them, and anybody may send
 * them. So these two calls go to the kernel. */
static void set_mask(uint64_t mask) { syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask); }

static void set_action(int number, void (*action)(int)) {
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        uint64_t mask;
    } wanted = {.handler = action};
    syscall(SYS_rt_sigaction, number, &wanted, NULL, sizeof wanted.mask);
}

void cposix_take_default_signals(void) {
    for (int number = 1; number <= 64; number++) set_action(number, SIG_DFL);
    set_action(SIGTSTP, SIG_IGN);
    set_action(SIGTTIN, SIG_IGN);
    set_action(SIGTTOU, SIG_IGN);
    cposix_unblock_signals();
}

void cposix_block_signals(void) { set_mask(~0ULL); }

void cposix_unblock_signals(void) { set_mask(0); }

int cposix_open_signals(void) {
    sigset_t all;
    memset(&all, 0xff, sizeof all);
    return signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cposix_next_signal(int signals, int terminal, int milliseconds) {
    /* Of the terminal only hang-up and error are asked for, which poll always reports. */
    struct pollfd watched[] = {{.fd = signals, .events = POLLIN}, {.fd = terminal}};
    int count = poll(watched, 2, milliseconds);
    if (count == 0 || (count < 0 && errno == EINTR)) return 0;
    if (count < 0) return CPOSIX_HANGUP;
    struct signalfd_siginfo info;
    if (watched[0].revents && read(signals, &info, sizeof info) == sizeof info) return (int)info.ssi_signo;
    return watched[1].revents ? CPOSIX_HANGUP : 0;
}

void cposix_die_by(int number) {
    set_action(number, SIG_DFL);
    cposix_unblock_signals();
    kill(getpid(), number);
}

int cposix_start(int terminal, const char *path, const char *name, const char *first, const char *second) {
    const char *arguments[] = {name, NULL};
    const char *environment[] = {first, second, NULL};
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) {
        /* Both sides do this, so that neither has to wait for the other. */
        if (child > 0) setpgid(child, child);
        return child;
    }
    /* The kernel forgets this when the program is set-user-ID or changes SELinux domain: such a program still gets
     * SIGHUP from the terminal, and may ask again by itself. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) _exit(CPOSIX_CANNOT_RUN);
    if (setpgid(0, 0) != 0 || tcsetpgrp(terminal, getpid()) != 0) _exit(CPOSIX_CANNOT_RUN);
    /* The actions are default already, the stop signals ignored: job-control keys do nothing to the child either. */
    cposix_unblock_signals();
    execve(path, (char *const *)arguments, (char *const *)environment);
    _exit(CPOSIX_CANNOT_RUN);
}

int cposix_child_state(int child, struct cposix_child_state *out) {
    siginfo_t info = {0};
    *out = (struct cposix_child_state){CPOSIX_RUNNING, 0};
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0) return -1;
    if (info.si_pid == 0) return 0;
    out->number = info.si_status;
    switch (info.si_code) {
    case CLD_EXITED: out->kind = CPOSIX_EXITED; break;
    case CLD_STOPPED:
        out->kind = CPOSIX_STOPPED;
        waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOHANG); /* or it would be reported for ever */
        break;
    case CLD_KILLED:
    case CLD_DUMPED: out->kind = CPOSIX_KILLED; break;
    }
    return 0;
}

void cposix_signal_group(int leader, int number) {
    kill(-leader, number);
    kill(leader, number); /* it may have moved to another group */
}

void cposix_reap(int child) {
    while (waitpid(child, NULL, WNOHANG) < 0 && errno == EINTR) continue;
}

/* The first of our children as the kernel lists them, or 0. */
static pid_t first_child(void) {
    char text[32] = {0};
    int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    return count > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

bool cposix_kill_one_orphan(void) {
    pid_t child = first_child();
    if (child <= 0 || kill(child, SIGKILL) != 0) return false;
    while (waitpid(child, NULL, 0) < 0)
        if (errno != EINTR) return false;
    return true;
}
