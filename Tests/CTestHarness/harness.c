#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const devices[] = {"null", "zero", "tty", "urandom", "random", "ptmx", NULL};

static void fail(const char *where) {
    dprintf(2, "harness: %s: %s\n", where, strerrorname_np(errno));
    _exit(126);
}

static void bind_over(const char *sandbox, const char *name, const char *target) {
    char source[512];
    snprintf(source, sizeof source, "%s/%s", sandbox, name);
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) != 0) fail(target);
}

static void enter_sandbox(const char *sandbox) {
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail("namespace");
    char target[512];
    for (int i = 0; devices[i]; i++) {
        char device[64];
        snprintf(device, sizeof device, "/dev/%s", devices[i]);
        snprintf(target, sizeof target, "%s/dev/%s", sandbox, devices[i]);
        if (mount(device, target, NULL, MS_BIND, NULL) != 0) fail(device);
    }
    snprintf(target, sizeof target, "%s/dev/pts", sandbox);
    if (mount("/dev/pts", target, NULL, MS_BIND, NULL) != 0) fail("/dev/pts");
    bind_over(sandbox, "etc", "/etc");
    bind_over(sandbox, "opt", "/opt");
    bind_over(sandbox, "home", "/home");
    bind_over(sandbox, "dev", "/dev");
}

static void set_stream(int target, int kind, int terminal, int other, int null) {
    int source = kind == HARNESS_TERMINAL ? terminal : kind == HARNESS_OTHER_TERMINAL ? other : null;
    if (kind == HARNESS_CLOSED) close(target);
    else if (dup2(source, target) < 0) fail("dup2");
}

static void set_signals(const struct harness_launch *launch) {
    /* The kernel's own calls, because libc hides 32 and 33. */
    uint64_t mask = launch->signals_blocked ? ~0ULL : 0;
    for (int number = 1; number <= 64; number++) {
        uint64_t action[4] = {(uint64_t)(launch->signals_ignored ? SIG_IGN : SIG_DFL)};
        syscall(SYS_rt_sigaction, number, action, NULL, sizeof mask);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

static void become(const struct harness_launch *launch) {
    gid_t group = launch->supplementary;
    if (launch->limit_resource >= 0) {
        struct rlimit limit = {launch->limit_value, launch->limit_value};
        if (setrlimit((__rlimit_resource_t)launch->limit_resource, &limit) != 0) fail("setrlimit");
    }
    if (syscall(SYS_setgroups, 1, &group) != 0) fail("setgroups");
    if (syscall(SYS_setresgid, launch->groups[0], launch->groups[1], launch->groups[2]) != 0) fail("setresgid");
    if (syscall(SYS_setresuid, launch->users[0], launch->users[1], launch->users[2]) != 0) fail("setresuid");
}

/* Waits for the only child and takes its status: what login(1) does. */
static void stand_in_front_of(pid_t child) {
    int status;
    syscall(SYS_close_range, 0, ~0U, 0); /* or the terminal would never hang up */
    signal(SIGHUP, SIG_IGN); /* only the kernel's own doing at a hang-up may end the child */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

static void run(const struct harness_launch *launch, int master, int other_master) {
    setsid();
    int terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
    if (terminal < 0) fail("terminal");
    if (launch->controlling && ioctl(terminal, TIOCSCTTY, 0) != 0) fail("controlling terminal");
    fchown(terminal, launch->users[0], (gid_t)-1);
    int other = ioctl(other_master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
    int null = open("/dev/null", O_RDWR);
    if (launch->network >= 0 && setns(launch->network, CLONE_NEWNET) != 0) fail("network");
    enter_sandbox(launch->sandbox);

    if (!launch->leader) {
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child > 0) stand_in_front_of(child);
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(terminal, getpid());
    }
    int saved[3] = {terminal, other, null};
    for (int i = 0; i < 3; i++) saved[i] = fcntl(saved[i], F_DUPFD, 500);
    for (int i = 0; i < 3; i++) set_stream(i, launch->streams[i], saved[0], saved[1], saved[2]);
    syscall(SYS_close_range, 3, 499, 0);
    for (int i = 0; i < launch->extra_descriptors; i++) fcntl(saved[2], F_DUPFD, 3);
    syscall(SYS_close_range, 500, ~0U, 0);
    if (chdir("/home") != 0) fail("chdir");
    set_signals(launch);
    become(launch);
    /* Between another test's fork and its exec, its child holds open what was just written. */
    for (int i = 0; i < 500; i++) {
        execve(launch->program, launch->arguments, launch->environment);
        if (errno != ETXTBSY) break;
        poll(NULL, 0, 10);
    }
    fail("execve");
}

/* The master side of a new terminal, or -1. */
static int open_terminal(void) {
    int number = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), unlock = 0;
    return number >= 0 && ioctl(number, TIOCSPTLCK, &unlock) == 0 ? number : -1;
}

int harness_start(const struct harness_launch *launch, int *master) {
    int number = open_terminal(), other = -1;
    if (number < 0) return -1;
    for (int i = 0; i < 3; i++)
        if (launch->streams[i] == HARNESS_OTHER_TERMINAL) {
            /* Never closed: this side must live as long as the program, and few tests ask for it. */
            other = open_terminal();
            if (other < 0) return -1;
        }
    pid_t child = fork();
    if (child == 0) run(launch, number, other);
    if (child < 0) {
        close(number);
        return -1;
    }
    fcntl(number, F_SETFL, O_RDWR | O_NONBLOCK);
    *master = number;
    return child;
}

int harness_start_on_terminal(const char *program, char *const *arguments, char *const *environment, uint16_t columns,
    uint16_t rows, int *master) {
    struct winsize size = {.ws_col = columns, .ws_row = rows};
    int number = open_terminal();
    if (number < 0 || ioctl(number, TIOCSWINSZ, &size) != 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        int terminal = ioctl(number, TIOCGPTPEER, O_RDWR | O_NOCTTY);
        if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) fail("terminal");
        for (int i = 0; i < 3; i++) dup2(terminal, i);
        syscall(SYS_close_range, 3, ~0U, 0);
        struct harness_launch defaults = {0};
        set_signals(&defaults);
        execve(program, arguments, environment);
        fail("execve");
    }
    if (child < 0) {
        close(number);
        return -1;
    }
    fcntl(number, F_SETFL, O_RDWR | O_NONBLOCK);
    *master = number;
    return child;
}

/* The namespace is made by a child, so that no thread of the caller changes its own. */
static void hold_network(int ready, int release) {
    struct ifreq loopback = {.ifr_flags = IFF_UP};
    strcpy(loopback.ifr_name, "lo");
    char byte = unshare(CLONE_NEWNET) == 0 && ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &loopback) == 0;
    if (write(ready, &byte, 1) == 1) (void)!read(release, &byte, 1);
    _exit(0);
}

int harness_make_network(void) {
    int ready[2], release[2], network = -1;
    if (pipe2(ready, O_CLOEXEC) != 0 || pipe2(release, O_CLOEXEC) != 0) return -1;
    pid_t child = fork();
    if (child == 0) hold_network(ready[1], release[0]);
    char is_up = 0, path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/net", child);
    if (child > 0 && read(ready[0], &is_up, 1) == 1 && is_up) network = open(path, O_RDONLY | O_CLOEXEC);
    (void)!write(release[1], "x", 1);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(release[i]);
    }
    if (child > 0) waitpid(child, NULL, 0);
    return network;
}

int harness_listen(int network, uint16_t port) {
    /* A thread has a network namespace of its own: nobody else's changes meanwhile. */
    int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (own < 0 || (network >= 0 && setns(network, CLONE_NEWNET) != 0)) return -1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (network >= 0 && setns(own, CLONE_NEWNET) != 0) abort();
    close(own);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0) return -1;
    return listener;
}

int harness_accept(int listener, int milliseconds) {
    return harness_wait_readable(listener, milliseconds) == 1 ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
}

int harness_open_log(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, path);
    int socket_number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bind(socket_number, (struct sockaddr *)&address, sizeof address) != 0) return -1;
    return chmod(path, 0666) == 0 ? socket_number : -1;
}

void harness_wait_gone(int process, int milliseconds) {
    int handle = (int)syscall(SYS_pidfd_open, process, 0);
    if (handle < 0) return;
    harness_wait_readable(handle, milliseconds);
    close(handle);
}

int harness_wait_exit(int process, int milliseconds) {
    harness_wait_gone(process, milliseconds);
    int status;
    return waitpid(process, &status, WNOHANG) == process ? status : -1;
}

int harness_exchange(int descriptor, int milliseconds, bool writing) {
    struct pollfd wanted = {.fd = descriptor, .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    int count;
    do count = poll(&wanted, 1, milliseconds);
    while (count < 0 && errno == EINTR);
    if (count <= 0) return 0;
    return (wanted.revents & ~POLLOUT ? 1 : 0) | (wanted.revents & POLLOUT ? 2 : 0);
}

int harness_wait_readable(int descriptor, int milliseconds) {
    return harness_exchange(descriptor, milliseconds, false);
}

int harness_make_device_directory(const char *path) {
    char name[512];
    if (mkdir(path, 0755) != 0) return -1;
    snprintf(name, sizeof name, "%s/pts", path);
    if (mkdir(name, 0755) != 0) return -1;
    for (int i = 0; devices[i]; i++) {
        snprintf(name, sizeof name, "%s/%s", path, devices[i]);
        int file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0) return -1;
        close(file);
    }
    return 0;
}
