#define _GNU_SOURCE
#include "cchatdaemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union any_address {
    struct sockaddr generic;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static void endpoint(const union any_address *from, struct chatd_endpoint *out) {
    memset(out, 0, sizeof *out);
    switch (from->generic.sa_family) {
    case AF_INET:
        out->family = CHATD_IPV4;
        out->port = ntohs(from->v4.sin_port);
        memcpy(out->address, &from->v4.sin_addr, 4);
        break;
    case AF_INET6:
        out->family = CHATD_IPV6;
        out->port = ntohs(from->v6.sin6_port);
        memcpy(out->address, &from->v6.sin6_addr, 16);
        break;
    case AF_UNIX: out->family = CHATD_LOCAL; break;
    default: out->family = CHATD_OTHER;
    }
}

static socklen_t address(const struct chatd_endpoint *from, union any_address *out) {
    memset(out, 0, sizeof *out);
    if (from->family == CHATD_IPV4) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(from->port);
        memcpy(&out->v4.sin_addr, from->address, 4);
        return sizeof out->v4;
    }
    out->v6.sin6_family = AF_INET6;
    out->v6.sin6_port = htons(from->port);
    memcpy(&out->v6.sin6_addr, from->address, 16);
    return sizeof out->v6;
}

int chatd_local_endpoint(int socket, struct chatd_endpoint *out) {
    union any_address found;
    socklen_t length = sizeof found;
    memset(&found, 0, sizeof found);
    if (getsockname(socket, &found.generic, &length) != 0) return -1;
    endpoint(&found, out);
    return 0;
}

int chatd_remote_endpoint(int socket, struct chatd_endpoint *out) {
    union any_address found;
    socklen_t length = sizeof found;
    memset(&found, 0, sizeof found);
    if (getpeername(socket, &found.generic, &length) != 0) return -1;
    endpoint(&found, out);
    return 0;
}

int chatd_is_listening(int socket) {
    int yes = 0, type = 0;
    socklen_t length = sizeof yes;
    if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return -1;
    length = sizeof yes;
    if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &yes, &length) != 0) return -1;
    return type == SOCK_STREAM && yes;
}

int chatd_parse_address(const char *text, struct chatd_endpoint *out) {
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, out->address) == 1) {
        out->family = CHATD_IPV4;
        return 0;
    }
    if (inet_pton(AF_INET6, text, out->address) == 1) {
        out->family = CHATD_IPV6;
        return 0;
    }
    errno = EINVAL;
    return -1;
}

static int give_up(int descriptor) {
    int saved = errno;
    close(descriptor);
    errno = saved;
    return -1;
}

int chatd_listen(const struct chatd_endpoint *at, int backlog) {
    union any_address where;
    socklen_t length = address(at, &where);
    int yes = 1, descriptor = socket(where.generic.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) return give_up(descriptor);
    /* So that the same port can be taken for both families. */
    if (at->family == CHATD_IPV6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) != 0)
        return give_up(descriptor);
    if (bind(descriptor, &where.generic, length) != 0 || listen(descriptor, backlog) != 0) return give_up(descriptor);
    return descriptor;
}

int chatd_listen_local(const char *path, int backlog) {
    union any_address where;
    memset(&where, 0, sizeof where);
    where.local.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof where.local.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(where.local.sun_path, path, strlen(path));
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode) && unlink(path) != 0) return -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    if (bind(descriptor, &where.generic, sizeof where.local) != 0) return give_up(descriptor);
    if (chmod(path, 0666) != 0 || listen(descriptor, backlog) != 0) return give_up(descriptor);
    return descriptor;
}

int chatd_connect(const struct chatd_endpoint *to) {
    union any_address where;
    socklen_t length = address(to, &where);
    int descriptor = socket(where.generic.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    return connect(descriptor, &where.generic, length) == 0 ? descriptor : give_up(descriptor);
}

int chatd_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int chatd_close_on_exec(int descriptor) { return fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

void chatd_close(int descriptor) { close(descriptor); }

int chatd_notify_open(const char *name) {
    union any_address where;
    memset(&where, 0, sizeof where);
    where.local.sun_family = AF_UNIX;
    size_t length = strlen(name);
    if (length < 2 || length >= sizeof where.local.sun_path || (name[0] != '/' && name[0] != '@')) {
        errno = EINVAL;
        return -1;
    }
    memcpy(where.local.sun_path, name, length);
    if (name[0] == '@') where.local.sun_path[0] = 0;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    socklen_t whole = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return connect(descriptor, &where.generic, whole) == 0 ? descriptor : give_up(descriptor);
}

void chatd_notify(int socket, const char *text) {
    /* Nobody listens: then nobody needs to know. */
    if (write(socket, text, strlen(text)) < 0) return;
}

int chatd_send_at_once(int socket) {
    int yes = 1;
    return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

int chatd_expect_no_loss(int socket) {
    static const char name[] = "reno";
    return setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, sizeof name - 1);
}

long chatd_send(int socket, const void *bytes, size_t count) {
    ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : sent;
}

int chatd_lengthen_queue(int listener, int backlog) { return listen(listener, backlog); }
