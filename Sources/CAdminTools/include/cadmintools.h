/* What the administrator's tools need of libc and Linux beside CPosix: memory for secrets, devices, the terminal, /sys and
 * /proc. No decision is made here. Functions that return int give 0 or a descriptor for success and a negative errno for
 * failure, unless they say otherwise. */
#ifndef CADMINTOOLS_H
#define CADMINTOOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- memory ---- */

/* Everything this process has, and will have, stays out of the swap. */
int cadmin_lock_memory(void);
/* From here on small allocations succeed even when the system gives no memory any more: what a few disks, their reports
 * and taking back need is in the heap, which never shrinks. What is large is no part of it. */
int cadmin_reserve_heap(void);
/* Whole pages that are locked, in no core dump and in no child; aligned for direct input and output. NULL when there are
 * none. Given back, they are wiped first. */
uint8_t *cadmin_take_memory(size_t count);
void cadmin_give_back_memory(uint8_t *memory, size_t count);
void cadmin_wipe(uint8_t *memory, size_t count);
void cadmin_copy(uint8_t *to, const uint8_t *from, size_t count);
bool cadmin_is_same(const uint8_t *one, const uint8_t *other, size_t count); /* not for secrets */

/* ---- devices and files ---- */

enum cadmin_kind { CADMIN_OTHER, CADMIN_REGULAR, CADMIN_BLOCK };
struct cadmin_facts {
    int32_t kind;
    uint32_t owner, permissions;
    uint64_t links;
    /* Of a block device its own number, of anything else that of the device it lies on. */
    uint32_t major, minor;
    uint64_t inode; /* 0 for a block device: its number says all */
    uint64_t size;  /* in bytes */
    bool in_memory; /* tmpfs or ramfs */
};
int cadmin_facts(int descriptor, struct cadmin_facts *out);
int cadmin_facts_of(const char *path, struct cadmin_facts *out); /* follows links */

int cadmin_open_device(const char *path);          /* for reading and writing */
int cadmin_open_secret(const char *path);          /* follows no link; blocks on nothing */
/* Until the descriptor is closed, no other program gets this claim. Not flock(2), which libcryptsetup uses itself. */
int cadmin_claim(int descriptor);
/* All of it. Reading past the end is an error. */
int cadmin_read_at(int descriptor, uint8_t *memory, size_t count, uint64_t offset);
int cadmin_write_at(int descriptor, const uint8_t *memory, size_t count, uint64_t offset);
int cadmin_sync(int descriptor);
/* Overwrites a file of this size with zeros and takes its name away. */
int cadmin_destroy_file(int descriptor, const char *path, uint64_t size);

/* The names in a folder, or the text of a small file, into a buffer: how many bytes, names with a NUL after each. */
long cadmin_list(const char *folder, uint8_t *buffer, size_t size);
long cadmin_read_file(const char *path, uint8_t *buffer, size_t size);

const char *cadmin_error(int number); /* of a negative errno */
/* Whether libcryptsetup says that a passphrase opens no slot, and not that it could not be tried. Source: libcryptsetup.h;
 * ENOENT is said where there is no slot to try. */
bool cadmin_is_refusal(int number);

/* ---- terminal ---- */

/* Asks and takes one line without echo, whose bytes go nowhere but into the buffer. How many bytes, without the line
 * feed, or one of these. Signals are blocked; `signals` is their descriptor. */
enum { CADMIN_NO_TERMINAL = -1, CADMIN_TOO_LONG = -2, CADMIN_INTERRUPTED = -3 };
long cadmin_ask(const char *question, int signals, uint8_t *buffer, size_t size);
/* Asks and takes one line with echo. False for anything but `y`, and without a terminal. */
bool cadmin_confirm(const char *question, int signals);
/* Whether somebody wants this program to end. Takes such signals. */
bool cadmin_is_interrupted(int signals);

/* Asks for one line with echo and tells whether it is this word. False without a terminal. */
bool cadmin_confirm_word(const char *question, int signals, const char *word);

/* ---- accounts ---- */

/* Runs a program, whose path is the first argument, with an empty environment but PATH and LC_ALL, and takes what it says on
 * both its outputs. `size` is the room for that, then how much of it there is. Its exit status, or 128 and the signal. */
int cadmin_run(char *const *arguments, const uint8_t *input, size_t count, uint8_t *output, size_t *size);
bool cadmin_exists(const char *path); /* a link that leads nowhere, too */
/* Makes a folder, or takes one that is root's or the owner's already. */
int cadmin_make_folder(const char *path, uint32_t owner, uint32_t group, uint32_t mode);
/* In place of what is there; mode 0600. */
int cadmin_write_file(const char *path, const uint8_t *bytes, size_t count, uint32_t owner, uint32_t group);
long cadmin_label(const char *path, uint8_t *buffer, size_t size); /* how many bytes */
/* How much may be in files of the user's on this folder's file system: 1 when the limit is set, 0 where there are none. */
int cadmin_limit(const char *path, uint32_t user, uint64_t bytes, uint64_t files);

/* These follow no link and enter no other file system; what is not there is no failure. */
int cadmin_remove_tree(const char *path);
int cadmin_give_to_root(const char *path);
int cadmin_remove_owned(const char *folder, uint32_t owner); /* what lies in the folder and is the owner's */
/* Kills the user's processes, and then what else belongs to the user's logins, until none is left. */
int cadmin_end_processes(uint32_t user);
/* Shared memory, semaphores and message queues, of System V and of POSIX. */
int cadmin_remove_messages(uint32_t user);

/* ---- destruction ---- */

/* For reading and writing past the cache, or through it where that cannot be had. `real` becomes the path without links:
 * those of /dev/disk go when the header goes. */
int cadmin_open_direct(const char *path, char *real, size_t size);
int cadmin_discard(int descriptor, uint64_t count); /* from the start of a block device */
/* What was read and written so far is not kept in the cache. */
int cadmin_drop_cache(int descriptor);
/* To standard output, unless nobody takes it: it never waits. */
void cadmin_show(const char *text);
/* A copy of this process, as fork(2) makes it: 0 in the copy, -1 when there is none. */
int cadmin_fork(void);
/* Waits for the end of a child, and tells whether it came. */
bool cadmin_wait_briefly(int child, int tenths_of_a_second);
/* Asks systemd, then the kernel. Returns only when neither obeys. */
void cadmin_power_off(void);

/* ---- libcryptsetup ---- */

/* For crypt_set_log_callback: keeps the last error, without its line feed, in the buffer of CADMIN_MESSAGE bytes that it
 * is given, if any. */
#define CADMIN_MESSAGE 160
void cadmin_keep_error(int level, const char *message, void *buffer);

#endif
