/* The few facilities of libc and Linux that Swift cannot call by itself: macros, variadics, errno, and the steps
 * between fork and exec. No decision is made here: every function does one thing and says how it went. Functions that
 * return int give 0 or a descriptor for success and -1 for failure, unless they say otherwise. */
#ifndef CPOSIX_H
#define CPOSIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- what the kernel passed to main ---- */

/* The arguments and the environment as they were at the start. Embedded Swift has no CommandLine, so a constructor
 * keeps the two pointers: the only mutable static data here. They stay readable after cposix_forget_environment. */
int cposix_argument_count(void);
const char *cposix_argument(int index);          /* NULL after the last */
const char *cposix_environment_entry(int index); /* "NAME=value", NULL after the last */

/* Empties the environment that libc reads (TZ, LANGUAGE, GCONV_PATH ...). */
int cposix_forget_environment(void);

_Noreturn void cposix_exit(int status);

/* From the kernel; ends the process where it gives none. */
void cposix_fill_with_random(void *buffer, size_t count);

/* ---- hardening of this process ---- */

int cposix_fill_standard_descriptors(void); /* opens /dev/null on 0, 1 and 2 where they are closed */
int cposix_close_descriptors_above_2(void);
int cposix_forbid_core_dumps(void);
int cposix_forbid_tracing(void);   /* PR_SET_DUMPABLE 0: no ptrace, no core, /proc/self is root's */
int cposix_adopt_orphans(void);    /* PR_SET_CHILD_SUBREAPER: what a child leaves behind becomes ours */
void cposix_set_umask(uint32_t mask);

/* ---- identity ---- */

struct cposix_identity {
    uint32_t real_uid, effective_uid, saved_uid;
    uint32_t real_gid, effective_gid, saved_gid;
    bool supplementary_root; /* group 0 is among the supplementary groups */
};
int cposix_identity(struct cposix_identity *out);

struct cposix_account {
    char name[64];
    char home[256];
    char real_name[128]; /* GECOS, cut where it is longer */
};
/* The first entry of /etc/passwd with this uid. Reads the file itself: getpwuid would load the modules that
 * nsswitch.conf names and talk to their sockets, and a chat user is always a local account. -1 also when a field is
 * too long. */
int cposix_account(uint32_t uid, struct cposix_account *out);

/* ---- files ---- */

enum cposix_kind { CPOSIX_REGULAR, CPOSIX_DIRECTORY, CPOSIX_OTHER };
struct cposix_status {
    int32_t kind;
    uint32_t owner, permissions;
    uint64_t links, device, inode;
};
int cposix_status(int descriptor, struct cposix_status *out);
int cposix_status_at(int directory, const char *name, struct cposix_status *out); /* does not follow a link */

#define CPOSIX_WORKING_DIRECTORY (-100) /* AT_FDCWD */
/* None of these follows a link as last component. The second is for cposix_status only: it opens no device and blocks on
 * no FIFO. The lock file is made with mode 0600 when it is absent. */
int cposix_open_directory(int directory, const char *name);
int cposix_open_path(int directory, const char *name);
int cposix_open_lock_file(int directory, const char *name);
int cposix_restrict_to_owner(int descriptor);               /* mode 0600 */
int cposix_lock(int descriptor);                            /* exclusive; does not wait */
void cposix_close(int descriptor);

/* ---- terminal ---- */

struct cposix_terminal {
    bool is_terminal;
    bool is_controlling; /* the controlling terminal of this process's session */
    uint64_t device, inode, number;
};
void cposix_terminal(int descriptor, struct cposix_terminal *out);

/* Puts the terminal into line mode with echo, whatever was done to it before: no ^V, no ^Z, no flow control, blocking,
 * and this process's group in the foreground. -1 when the terminal did not obey. */
int cposix_make_terminal_sane(int descriptor);
void cposix_discard_input(int descriptor); /* typed, but not yet read */

/* 1 when there is something to read or the terminal has gone, 0 when the time has passed, -1 for an error. */
int cposix_wait_for_input(int descriptor, int milliseconds);
long cposix_read(int descriptor, uint8_t *buffer, size_t count); /* 0 at the end, -1 for an error */
int cposix_write(int descriptor, const uint8_t *bytes, size_t count); /* all of it */

int64_t cposix_milliseconds(void); /* of a clock that nobody sets */

/* To the authentication log, as "program: uid N: text". */
void cposix_auth_log(const char *program, uint32_t uid, const char *text);

/* ---- signals ---- */

/* Every signal to its default action and unblocked, whatever was inherited; only the three that stop a process from
 * the keyboard are ignored. Nothing here installs a handler. */
void cposix_take_default_signals(void);
void cposix_block_signals(void);
void cposix_unblock_signals(void);
int cposix_open_signals(void); /* a descriptor for the blocked signals */

/* Waits until a signal is pending or the terminal hangs up. The signal's number; 0 when the time has passed;
 * CPOSIX_HANGUP. Negative milliseconds wait for ever; a negative terminal is not watched. */
#define CPOSIX_HANGUP (-2)
int cposix_next_signal(int signals, int terminal, int milliseconds);

/* Dies by the signal. Returns only if its default action is not to end the process. */
void cposix_die_by(int signal);

/* ---- child ---- */

/* Starts a program as leader of a process group of its own, in the foreground of `terminal`, with default signals, and
 * killed by the kernel when this process dies. Signals must be blocked by the caller. Returns the process id or -1. A
 * child that cannot be prepared or executed exits with CPOSIX_CANNOT_RUN. */
#define CPOSIX_CANNOT_RUN 127
int cposix_start(int terminal, const char *path, const char *name, const char *first, const char *second);

enum cposix_child_kind { CPOSIX_RUNNING, CPOSIX_EXITED, CPOSIX_KILLED, CPOSIX_STOPPED };
struct cposix_child_state {
    int32_t kind;
    int32_t number; /* exit status or signal */
};
/* Does not reap: the number of a dead child, and of its group, stays taken until cposix_reap. */
int cposix_child_state(int child, struct cposix_child_state *out);
void cposix_signal_group(int leader, int signal); /* and the leader, wherever it is */
void cposix_reap(int child);
/* Any other child of this process, running or dead, killed and reaped. False when there is none. */
bool cposix_kill_one_orphan(void);

#endif
