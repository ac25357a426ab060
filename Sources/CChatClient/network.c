#define _GNU_SOURCE
#include "cchatclient.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MSEAL 462 /* SYS_mseal, which older headers lack */

const cchat_address *cchat_fixed_address(uint16_t port) {
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    cchat_address *server = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (server == MAP_FAILED) return NULL;
    *server = (cchat_address){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (mprotect(server, size, PROT_READ) != 0) return NULL;
    /* No kernel that has the call refuses it for this page. */
    if (syscall(MSEAL, server, size, 0) != 0 && errno != ENOSYS) return NULL;
    return server;
}

int cchat_connect(const cchat_address *server) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor < 0) return -1;
    int yes = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(descriptor, (const struct sockaddr *)server, sizeof *server) != 0 && errno != EINPROGRESS) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

int cchat_connected(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return -1;
    return error == 0 ? 0 : -1;
}

int cchat_wait(int terminal, bool terminal_out, int server, bool server_out, int signals, int milliseconds) {
    struct pollfd watched[] = {
        {.fd = terminal, .events = (short)(POLLIN | (terminal_out ? POLLOUT : 0))},
        {.fd = server, .events = (short)(server_out ? POLLIN | POLLOUT : POLLIN)},
        {.fd = signals, .events = POLLIN},
    };
    if (poll(watched, 3, milliseconds) <= 0) return 0;
    int ready = 0;
    if (watched[0].revents & POLLIN) ready |= CCHAT_TERMINAL_IN;
    if (watched[0].revents & POLLOUT) ready |= CCHAT_TERMINAL_OUT;
    if (watched[0].revents & (POLLHUP | POLLERR | POLLNVAL)) ready |= CCHAT_TERMINAL_GONE;
    if (watched[1].revents & (POLLIN | POLLHUP | POLLERR)) ready |= CCHAT_SERVER_IN;
    if (watched[1].revents & (POLLOUT | POLLHUP | POLLERR)) ready |= CCHAT_SERVER_OUT;
    if (watched[2].revents) ready |= CCHAT_SIGNAL;
    return ready;
}

int cchat_next_signal(int signals) {
    struct signalfd_siginfo info;
    return read(signals, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

static int64_t milliseconds(clockid_t clock) {
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t cchat_uptime(void) { return milliseconds(CLOCK_MONOTONIC); }

int64_t cchat_unix(void) { return milliseconds(CLOCK_REALTIME); }
