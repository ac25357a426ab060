#define _GNU_SOURCE
#include "cchatdaemon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int chatd_peer_of_local_socket(int socket, uint32_t *uid) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || length != sizeof peer) return -1;
    *uid = peer.uid;
    return 0;
}

int chatd_diag_open(void) { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG); }

struct request {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
};

static int answer(int diag, uint32_t sequence, uint8_t state, uint32_t *uid) {
    union {
        struct nlmsghdr header;
        uint8_t bytes[4096];
    } reply;
    struct sockaddr_nl from;
    struct iovec piece = {&reply, sizeof reply};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1};
    for (;;) {
        ssize_t got = recvmsg(diag, &message, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        /* Anybody may send to a netlink socket; only the kernel has port 0. An older question's answer is passed over. */
        if (message.msg_namelen != sizeof from || from.nl_pid != 0) continue;
        if (!NLMSG_OK(&reply.header, (size_t)got) || reply.header.nlmsg_seq != sequence) continue;
        if (reply.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return 0;
        if (reply.header.nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) return 0;
        struct inet_diag_msg found;
        memcpy(&found, NLMSG_DATA(&reply.header), sizeof found);
        /* A socket that no process holds any more is given as root's. */
        if (found.idiag_state != state || found.idiag_inode == 0) return 0;
        *uid = found.idiag_uid;
        return 1;
    }
}

int chatd_diag_ask(int diag, const struct chatd_endpoint *own, const struct chatd_endpoint *other, bool listens,
                   uint32_t *uid) {
    uint8_t state = listens ? TCP_LISTEN : TCP_ESTABLISHED;
    static _Thread_local uint32_t sequence;
    struct request request;
    memset(&request, 0, sizeof request);
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.header.nlmsg_seq = ++sequence;
    request.body.sdiag_family = own->family == CHATD_IPV4 ? AF_INET : AF_INET6;
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = 1U << state;
    request.body.id.idiag_sport = htons(own->port);
    request.body.id.idiag_dport = htons(other->port);
    size_t length = own->family == CHATD_IPV4 ? 4 : 16;
    memcpy(request.body.id.idiag_src, own->address, length);
    memcpy(request.body.id.idiag_dst, other->address, length);
    request.body.id.idiag_cookie[0] = request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;

    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent = sendto(diag, &request, sizeof request, 0, (struct sockaddr *)&kernel, sizeof kernel);
    if (sent != sizeof request) return -1;
    return answer(diag, request.header.nlmsg_seq, state, uid);
}
