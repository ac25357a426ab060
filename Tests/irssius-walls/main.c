/* irssius-walls WALLS ACT: puts up some of the walls, as irssius does, and then does what they forbid. Exits 0 when that
 * was done, 1 when it was refused; or is killed. WALLS: letters of r (resources), p (privileges), f (files: Landlock), s
 * (system calls: seccomp), or "-" for none. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cchatclient.h"

static uint16_t listen_on_some_port(int *server) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    *server = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(*server, (struct sockaddr *)&address, length) != 0 || listen(*server, 5) != 0) exit(100);
    getsockname(*server, (struct sockaddr *)&address, &length);
    return ntohs(address.sin_port);
}

static bool connects(const cchat_address *address) {
    int client = cchat_connect(address);
    if (client < 0) return false;
    cchat_wait(-1, false, client, true, -1, 2000);
    return cchat_connected(client) == 0;
}

static bool forks(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    return child > 0;
}

static bool runs(void) {
    char *arguments[] = {"true", NULL}, *environment[] = {NULL};
    execve("/bin/true", arguments, environment); /* exits 0 */
    return false;
}

static bool opens(int family, int kind) { return socket(family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) >= 0; }

static bool many_descriptors(void) {
    for (int i = 0; i < 20; i++)
        if (dup(0) < 0) return false;
    return true;
}

static bool writes(int file) { return write(file, "x", 1) == 1; }

static bool takes_memory(size_t size) {
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED;
}

static bool maps_at(const void *place) {
    uintptr_t page = ((uintptr_t)place & ~(uintptr_t)0xFFFFFF) - 0x40000000;
    return mmap((void *)page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == (void *)page;
}

static bool runs_memory(void) {
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED;
}

int main(int count, char **arguments) {
    if (count != 3) return 100;
    /* The limits on processes do not bind root. */
    char file_name[] = "/tmp/irssius-walls-XXXXXX";
    int file = mkstemp(file_name), server, other;
    unlink(file_name);
    uint16_t port = listen_on_some_port(&server), other_port = listen_on_some_port(&other);
    if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)) return 100;
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    const cchat_address *known = cchat_fixed_address(port), *elsewhere = cchat_fixed_address(other_port);
    if (!known || !elsewhere) return 101;

    const char *walls = arguments[1], *act = arguments[2];
    signal(SIGXFSZ, SIG_IGN);
    if (strchr(walls, 'r') && cchat_limit_resources() != 0) return 101;
    if (strchr(walls, 'p') && cchat_forbid_privileges() != 0) return 101;
    if (strchr(walls, 'f')) {
        /* Without new privileges one cannot restrict oneself; that the kernel may have none is told apart. */
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        int outcome = cchat_forbid_files(port);
        if (outcome != 0) return outcome == 1 ? 102 : 101;
    }
    if (strchr(walls, 's')) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (cchat_forbid_system_calls(known) != 0) return 101;
    }

    bool done = false;
    cchat_address stack[1];
    if (strcmp(act, "connect") == 0) done = connects(known);
    else if (strcmp(act, "connect-elsewhere") == 0) done = connects(elsewhere);
    else if (strcmp(act, "copy-address") == 0) done = connects(memcpy(stack, known, sizeof *known));
    else if (strcmp(act, "move-memory") == 0) done = maps_at(stack);
    else if (strcmp(act, "unmap-address") == 0) done = munmap((void *)(uintptr_t)known, 4096) == 0;
    else if (strcmp(act, "run") == 0) done = runs();
    else if (strcmp(act, "fork") == 0) done = forks();
    else if (strcmp(act, "read-file") == 0) done = open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0;
    else if (strcmp(act, "make-file") == 0) done = open("/tmp", O_TMPFILE | O_WRONLY, 0600) >= 0;
    else if (strcmp(act, "write-file") == 0) done = writes(file);
    else if (strcmp(act, "unix-socket") == 0) done = opens(AF_UNIX, SOCK_STREAM);
    else if (strcmp(act, "udp-socket") == 0) done = opens(AF_INET, SOCK_DGRAM);
    else if (strcmp(act, "ipv6-socket") == 0) done = opens(AF_INET6, SOCK_STREAM);
    else if (strcmp(act, "listen") == 0) done = listen_on_some_port(&server) != 0;
    else if (strcmp(act, "descriptors") == 0) done = many_descriptors();
    else if (strcmp(act, "memory") == 0) done = takes_memory((size_t)2 << 30);
    else if (strcmp(act, "some-memory") == 0) done = takes_memory((size_t)4 << 20);
    else if (strcmp(act, "run-memory") == 0) done = runs_memory();
    else if (strcmp(act, "kill") == 0) done = kill(getpid(), 0) == 0;
    else if (strcmp(act, "trace") == 0) done = ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
    else if (strcmp(act, "dump") == 0) done = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
    else if (strcmp(act, "gain") == 0) done = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
    else if (strcmp(act, "core") == 0) {
        struct rlimit limit = {1, 1};
        done = getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max > 0;
    } else if (strcmp(act, "mode") == 0) {
        /* Both ways in which a libc may ask for a terminal's mode; standard input is none, which is no refusal. */
        char mode[64];
        done = syscall(16 /* ioctl */, 0, 0x5401, mode) <= 0 && syscall(16, 0, 0x802c542a, mode) <= 0;
    } else if (strcmp(act, "type") == 0) {
        /* ioctl(TIOCSTI): typing into the terminal, for whoever reads it next. */
        done = syscall(16 /* ioctl */, 0, 0x5412, "x") == 0 || errno == ENOTTY || errno == EIO || errno == EPERM;
    } else return 100;
    return done ? 0 : 1;
}
