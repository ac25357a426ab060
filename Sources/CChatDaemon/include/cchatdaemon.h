/* What the chat daemon needs of Linux and Swift cannot call by itself: macros, variadics, structures that no module
 * exports. No decision is made here. Functions that return int give 0 or a descriptor for success and -1 for failure,
 * with errno set, unless they say otherwise. */
#ifndef CCHATDAEMON_H
#define CCHATDAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the process ---- */

/* This program again, from its start, with the same process ID. Returns only if that failed. */
int chatd_exec_again(char *const arguments[], char *const environment[]);
char *const *chatd_environment(void); /* NULL after the last */
int chatd_into_background(void);      /* daemon(3) */
int chatd_take_user(uint32_t uid, uint32_t gid); /* for ever, with no supplementary groups */
uint32_t chatd_user(void);            /* the effective one */
bool chatd_is_root(void);             /* any of the real, effective and saved IDs */
int chatd_forbid_new_privileges(void);
int chatd_forbid_core_dumps_and_tracing(void);
/* Takes back the handlers by which the Swift runtime would start a program that shows what was in memory. */
int chatd_die_quietly(void);
int chatd_forbid_children(void);      /* RLIMIT_NPROC 0: no fork and no thread */
int64_t chatd_raise_descriptor_limit(void); /* soft to hard; how many there may be */
/* Takes what only the start needed out of this process's memory. What is needed again comes from the page cache. */
void chatd_forget_start(void);
/* Fixes what malloc would raise by itself: the memory of an unusual moment, such as everybody joining, goes back. */
void chatd_give_memory_back(void);
void chatd_log_open(const char *name);
void chatd_log(bool serious, const char *text);

/* A descriptor from which the kernel's records of SIGHUP, SIGINT and SIGTERM can be read. They are blocked, and SIGPIPE
 * is ignored. */
int chatd_signals(void);
#define CHATD_SIGNAL_RECORD 128
/* The signal of a record of that many bytes. */
int chatd_signal_number(const void *record);

/* ---- sockets ---- */

enum chatd_family { CHATD_OTHER, CHATD_IPV4, CHATD_IPV6, CHATD_LOCAL };
struct chatd_endpoint {
    int32_t family;      /* enum chatd_family */
    uint16_t port;
    uint8_t address[16]; /* 4 of them for IPv4 */
};
int chatd_local_endpoint(int socket, struct chatd_endpoint *out);
int chatd_remote_endpoint(int socket, struct chatd_endpoint *out);
int chatd_is_listening(int socket); /* 1, 0, or -1 */

int chatd_parse_address(const char *text, struct chatd_endpoint *out); /* numbers only; no name is looked up */
int chatd_listen(const struct chatd_endpoint *at, int backlog);
/* A stream socket with a path, which everybody may connect to. A socket that lies there is replaced; anything else is
 * not. */
int chatd_listen_local(const char *path, int backlog);
int chatd_lengthen_queue(int listener, int backlog);
int chatd_connect(const struct chatd_endpoint *to);
int chatd_accept(int listener);
int chatd_send_at_once(int socket); /* TCP_NODELAY */
/* For a listening socket and those it accepts: the simplest congestion control. Loopback loses nothing, and what the
 * machine uses for the network may set a timer for every line. */
int chatd_expect_no_loss(int socket);
/* Does not wait. How many bytes were taken, or -1 when the connection is broken. */
long chatd_send(int socket, const void *bytes, size_t count);
int chatd_close_on_exec(int descriptor);
void chatd_close(int descriptor);

/* ---- who is at the other end ---- */

int chatd_peer_of_local_socket(int socket, uint32_t *uid);
int chatd_diag_open(void);
/* The uid of the socket that is bound to `own` and connected to `other`, both on this machine, asked by netlink
 * (sock_diag(7)); or of one that listens at `own`, when `other` is zero. 1 when found in that state and held by a process;
 * 0 when not. */
int chatd_diag_ask(int diag, const struct chatd_endpoint *own, const struct chatd_endpoint *other, bool listens,
                   uint32_t *uid);

/* ---- files ---- */

struct chatd_file_state {
    int64_t size, seconds, nanoseconds;
    uint64_t inode, device;
    bool is_regular;
};
int chatd_file_state(const char *path, struct chatd_file_state *out);
/* The whole file, whatever size it says it has. -1 also when that is more than `limit` bytes. The caller frees. */
long chatd_read_file(const char *path, size_t limit, uint8_t **out);
int chatd_write_file(const char *path, const char *text);
/* Names in a directory, each followed by a newline. The caller frees. */
char *chatd_list_directory(const char *path);

/* ---- systemd ---- */

/* A datagram socket connected to a path, or to an abstract name when it begins with '@' (sd_notify(3)). */
int chatd_notify_open(const char *address);
void chatd_notify(int socket, const char *text);

int64_t chatd_monotonic_microseconds(void);
int64_t chatd_unix_milliseconds(void);
uint64_t chatd_random(void);

#endif
