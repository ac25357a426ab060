#define _GNU_SOURCE
#include "load_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_events = 1024 };

uint64_t load_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

int load_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int load_connect(int epoll, uint16_t port, uint32_t client) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    const int on = 1;
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    /* Without TCP_NODELAY a server that delays acknowledgements would hold back the next message of a sender, and the
     * client's own waiting would count as the server's. */
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = client};
    if ((connect(descriptor, (const struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) {
        const int reason = errno;
        close(descriptor);
        errno = reason;
        return -1;
    }
    return descriptor;
}

int load_connected(int epoll, int socket, uint32_t client) {
    int reason = 0;
    socklen_t size = sizeof reason;
    getsockopt(socket, SOL_SOCKET, SO_ERROR, &reason, &size);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = client};
    if (reason == 0 && epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0) reason = errno;
    return reason;
}

int load_wait(int epoll, struct load_event *events, int capacity, int milliseconds) {
    struct epoll_event ready[most_events];
    int count;
    do {
        count = epoll_wait(epoll, ready, capacity < most_events ? capacity : most_events, milliseconds);
    } while (count < 0 && errno == EINTR);
    for (int place = 0; place < count; place++) {
        events[place].client = ready[place].data.u32;
        events[place].readable = ready[place].events & (EPOLLIN | EPOLLHUP | EPOLLERR);
        events[place].writable = ready[place].events & EPOLLOUT;
    }
    return count;
}

ssize_t load_receive(int socket, uint8_t *bytes, size_t capacity) {
    ssize_t count;
    do {
        count = recv(socket, bytes, capacity, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    return count;
}

int load_send(int socket, const uint8_t *bytes, size_t count) {
    const ssize_t sent = send(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent == (ssize_t)count ? 0 : -1;
}

void load_acknowledge(int socket) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

uint64_t load_now_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
