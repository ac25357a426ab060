/* What the chat client asks of libc and Linux that Swift cannot call by itself. No decision is made here. Functions that
 * return int give 0 or a descriptor for success and -1 for failure, unless they say otherwise. */
#ifndef CCHATCLIENT_H
#define CCHATCLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- terminal ---- */

/* Raw mode, without waiting; the second gives back what was before the first. */
int cchat_take_terminal(int descriptor);
void cchat_give_back_terminal(int descriptor);
int cchat_terminal_size(int descriptor, int *columns, int *rows);

/* ---- one connection, to 127.0.0.1 ---- */

/* Where the server is, on a page of its own that nobody can write to, unmap or replace (mseal, from Linux 6.10): seccomp
 * cannot read an address, but it can compare the pointer to it. NULL when that cannot be arranged. */
typedef struct sockaddr_in cchat_address;
const cchat_address *cchat_fixed_address(uint16_t port);
int cchat_connect(const cchat_address *server); /* does not wait: writable when it is there or has failed */
int cchat_connected(int descriptor); /* 0 when it is there */

/* Both do not wait. How many bytes; 0 at the end (of reading); -1 where one would have to wait; -2 for an error. */
#define CCHAT_WOULD_WAIT (-1)
#define CCHAT_ERROR (-2)
long cchat_read(int descriptor, uint8_t *buffer, size_t count);
long cchat_write(int descriptor, const uint8_t *bytes, size_t count);

/* ---- waiting ---- */

enum cchat_ready {
    CCHAT_TERMINAL_IN = 1,
    CCHAT_TERMINAL_OUT = 2,
    CCHAT_TERMINAL_GONE = 4,
    CCHAT_SERVER_IN = 8,
    CCHAT_SERVER_OUT = 16,
    CCHAT_SIGNAL = 32
};
/* Waits until something is ready or the time is over. A negative descriptor is not waited for. */
int cchat_wait(int terminal, bool terminal_out, int server, bool server_out, int signals, int milliseconds);
int cchat_next_signal(int signals); /* its number, 0 when there is none */

/* Milliseconds: of a clock that nobody sets, and since 1970. */
int64_t cchat_uptime(void);
int64_t cchat_unix(void);

/* ---- configuration files ---- */

/* Reads a regular file that is not a symbolic link and not longer than `size`. -1 where there is none such. */
long cchat_read_file(const char *path, uint8_t *buffer, size_t size);
/* The same for ~/.irssius/config, whose folder and file must be the user's own and not writable by others; -2 where there
 * is no such file at all. */
#define CCHAT_ABSENT (-2)
long cchat_read_personal(const char *home, uint32_t user, uint8_t *buffer, size_t size);
/* Makes the folder (mode 0700) and the file (mode 0600), which must not be there yet. */
int cchat_write_personal(const char *home, uint32_t user, const uint8_t *bytes, size_t count);

/* ---- walls ---- */

/* Each can be put up once and never taken down. */
int cchat_die_with_parent(void);
int cchat_limit_resources(void);          /* no files, no processes, few descriptors, little memory, no core */
int cchat_forbid_privileges(void);        /* no_new_privs, not dumpable */
int cchat_forbid_files(uint16_t port);    /* Landlock; 1 where the kernel has none */
/* seccomp: whatever is not needed kills, and so does connecting with any other pointer than this. */
int cchat_forbid_system_calls(const cchat_address *server);

#endif
