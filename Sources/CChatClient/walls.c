#define _GNU_SOURCE
#include "cchatclient.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int cchat_die_with_parent(void) {
    pid_t parent = getppid();
    /* It may have died before it was asked. */
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent ? 0 : -1;
}

static int limit(__rlimit_resource_t resource, rlim_t value) {
    return setrlimit(resource, &(struct rlimit){value, value});
}

int cchat_limit_resources(void) {
    /* Descriptors: the terminal's three, signals, the connection, and the next one while the last is closed. */
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_FSIZE, 0) != 0 || limit(RLIMIT_NPROC, 0) != 0 ||
        limit(RLIMIT_NOFILE, 8) != 0)
        return -1;
    /* Everything that grows here has a limit of its own, which together stay below this. */
    return limit(RLIMIT_DATA, (rlim_t)1 << 30);
}

int cchat_forbid_privileges(void) {
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* ---- Landlock: linux/landlock.h of older systems lacks the later fields ---- */

struct ruleset {
    uint64_t files, network, scoped;
};
struct port_rule {
    uint64_t access, port;
};
#define BIND_TCP (1ULL << 0)
#define CONNECT_TCP (1ULL << 1)
#define ABSTRACT_SOCKETS (1ULL << 0)
#define SIGNALS (1ULL << 1)
#define RULE_PORT 2

int cchat_forbid_files(uint16_t port) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return errno == ENOSYS || errno == EOPNOTSUPP ? 1 : -1;
    /* Every right to files that the version knows is taken, and none given back. */
    struct ruleset wanted = {.files = (1ULL << 13) - 1};
    if (version >= 2) wanted.files |= 1ULL << 13; /* REFER */
    if (version >= 3) wanted.files |= 1ULL << 14; /* TRUNCATE */
    if (version >= 5) wanted.files |= 1ULL << 15; /* IOCTL_DEV */
    if (version >= 4) wanted.network = BIND_TCP | CONNECT_TCP;
    if (version >= 6) wanted.scoped = ABSTRACT_SOCKETS | SIGNALS;
    size_t size = version >= 6 ? sizeof wanted : version >= 4 ? offsetof(struct ruleset, scoped) : sizeof wanted.files;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
    if (ruleset < 0) return -1;
    struct port_rule rule = {CONNECT_TCP, port};
    int outcome = 0;
    if (version >= 4 && syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0) != 0) outcome = -1;
    if (outcome == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) outcome = -1;
    close(ruleset);
    return outcome;
}

/* ---- seccomp ---- */

static const int plain_calls[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(madvise), SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static int allow_with_arguments(scmp_filter_ctx filter, const cchat_address *server) {
    int bad = 0;
    /* One kind of socket, and nothing to be done with it but to connect to the server. */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 3, SCMP_A0(SCMP_CMP_EQ, AF_INET),
        SCMP_A1(SCMP_CMP_EQ, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC), SCMP_A2(SCMP_CMP_EQ, IPPROTO_TCP));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(connect), 2,
        SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)(uintptr_t)server), SCMP_A2(SCMP_CMP_EQ, sizeof *server));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(getsockopt), 2, SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET),
        SCMP_A2(SCMP_CMP_EQ, SO_ERROR));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2, SCMP_A1(SCMP_CMP_EQ, IPPROTO_TCP),
        SCMP_A2(SCMP_CMP_EQ, TCP_NODELAY));
    /* Memory: anonymous, never executable, and at no place that the program asks for. */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 3, SCMP_A0(SCMP_CMP_EQ, 0),
        SCMP_A2(SCMP_CMP_EQ, PROT_READ | PROT_WRITE), SCMP_A3(SCMP_CMP_EQ, MAP_PRIVATE | MAP_ANONYMOUS));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mremap), 1, SCMP_A3(SCMP_CMP_EQ, MREMAP_MAYMOVE));
    /* The terminal: its size, its mode, whether writing waits. The last two are what glibc 2.42 and later ask for
     * (TCGETS2 and TCSETS2, which no header has that can be included beside termios.h). */
    const unsigned long requests[] = {TIOCGWINSZ, TCGETS, TCSETS, 0x802c542a, 0x402c542b};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, requests[i]));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFL));
    return bad;
}

int cchat_forbid_system_calls(const cchat_address *server) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter) return -1;
    int bad = 0;
    for (size_t i = 0; i < sizeof plain_calls / sizeof *plain_calls; i++)
        bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain_calls[i], 0);
    bad |= allow_with_arguments(filter, server);
    if (bad == 0) bad = seccomp_load(filter);
    seccomp_release(filter);
    return bad == 0 ? 0 : -1;
}
