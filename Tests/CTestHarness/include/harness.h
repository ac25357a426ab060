/* Starts a program as a login would, in a mount namespace with an /etc, /opt, /home and /dev of its own. Needs root.
 * Everything between fork and exec is a system call, because the caller has threads. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stdint.h>

enum harness_stream { HARNESS_TERMINAL, HARNESS_OTHER_TERMINAL, HARNESS_NULL, HARNESS_CLOSED };

struct harness_launch {
    const char *sandbox; /* a directory with etc, opt, home and dev */
    const char *program; /* as seen inside */
    char *const *arguments;
    char *const *environment;
    uint32_t users[3], groups[3]; /* real, effective, saved */
    uint32_t supplementary;       /* one supplementary group; the real group for none */
    int32_t streams[3];
    int32_t extra_descriptors; /* this many are open above 2 */
    bool controlling;          /* the terminal controls the session */
    bool leader;               /* the program leads the session */
    bool signals_blocked;
    bool signals_ignored;
    int32_t limit_resource; /* RLIMIT_ number, or -1 */
    uint64_t limit_value;
    int32_t network; /* a descriptor of a network namespace, or -1 */
};

/* Gives the process id, or -1. `master` becomes the master side of the terminal. With `leader` off, what is returned
 * is the session's leader, which takes the exit status of the program. A program that could not be started exits
 * with 126. */
int harness_start(const struct harness_launch *launch, int *master);

/* A new network namespace, with the loopback device up and nothing else; -1 without. It lives while it is held open. */
int harness_make_network(void);
/* A socket that listens on a port of 127.0.0.1 (0 for any that is free) in that namespace, or with -1 in the caller's own;
 * the connection that somebody makes to it. -1 without. */
int harness_listen(int network, uint16_t port);
int harness_accept(int listener, int milliseconds);
/* Starts a program on a terminal of its own and nothing else: no sandbox, so it needs no root. As harness_start. */
int harness_start_on_terminal(const char *program, char *const *arguments, char *const *environment, uint16_t columns,
    uint16_t rows, int *master);
int harness_open_log(const char *path);                    /* a datagram socket there, for anybody to write to */
void harness_wait_gone(int process, int milliseconds);      /* any process; leaves its status to its parent */
int harness_wait_exit(int process, int milliseconds);      /* wait status, or -1 when it still runs */
int harness_wait_readable(int descriptor, int milliseconds); /* 1, 0 or -1 */
int harness_exchange(int descriptor, int milliseconds, bool writing); /* bits: 1 readable or gone, 2 writable */
int harness_make_device_directory(const char *path);
#endif
