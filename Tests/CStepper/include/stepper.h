/* Runs a program and stops it at chosen system calls that change files: killed before or after one, or told that the
 * disk has failed. Everything happens in a process of its own, because the caller has threads. */
#ifndef STEPPER_H
#define STEPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stepper_run {
    char *const *arguments; /* the program's path first */
    const char *input;      /* a file, or NULL for nothing */
    const char *output;     /* a file that takes standard output and error */
    /* What is below is about calls on this file alone; NULL for all files but standard output and error. */
    const char *only;
    bool traced;
    /* Instead of calls that change files, those are counted that start programs, and make and remove names. */
    bool counts_programs;
    /* Calls are counted from 1; 0 is none. */
    uint32_t kill_before, kill_after;
    uint32_t fail_from, fail_until; /* these fail with EIO, both included */
    uint32_t starve_at;             /* from this call on the system has no memory to give */
    /* Every write to `only` goes here too: `struct stepper_record`, then its bytes. */
    const char *log;
};

struct stepper_record {
    uint64_t offset, count; /* count 0: everything before is on the disk */
};

/* The wait status of the program, or -1. `calls` becomes how many were counted. */
int stepper_run(const struct stepper_run *run, uint32_t *calls);

/* Claims a file as the tools do, until the descriptor is closed. */
bool stepper_claim(int descriptor);

/* Starts a program on a terminal of its own, which controls it. The process id or -1. */
int stepper_start_on_terminal(char *const *arguments, int *master);
/* What is shown within the time: how many bytes, 0 for nothing, -1 when the program is gone. */
long stepper_read(int master, int milliseconds, uint8_t *buffer, size_t size);
bool stepper_echoes(int master);
#endif
