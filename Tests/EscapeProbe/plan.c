/* What is appended to the program:
 *
 *   walled                     or bare: with the program's own walls or without
 *   supervise PATH             leave it out to try here; PATH is started with the attempt's name as its only argument
 *   attempt ID<tab>STEPS
 *   ...
 *   LIST<tab>TYPE<tab>KIND<tab>PATH       files: the list it is in, its SELinux type, f, d, s ... as find(1) has it
 *   ...
 *   0000000000012345           where the plan begins in the file, as 16 digits without a newline,
 *   0000000000056789           and where the lists do, in the same way
 */
#define _GNU_SOURCE
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS 16
#define MOST_ATTEMPTS 1024

static struct attempt attempts[MOST_ATTEMPTS];
static size_t attempt_count;
static bool is_walled;
static const char *supervised;
static const char *lists = "";

static bool read_fully(int file, char *into, size_t count, off_t from) {
    while (count > 0) {
        ssize_t got = pread(file, into, count, from);
        if (got <= 0) return false;
        into += got, from += got, count -= (size_t)got;
    }
    return true;
}

static char *part(int file, off_t from, off_t to) {
    char *text = to >= from ? calloc(1, (size_t)(to - from) + 1) : NULL;
    return text && read_fully(file, text, (size_t)(to - from), from) ? text : NULL;
}

/* The text between two of: where the plan begins, where the lists begin, where they end. */
static char *read_appended(int which) {
    const char *own = (const char *)getauxval(AT_EXECFN);
    int file = own ? open(own, O_RDONLY | O_CLOEXEC) : -1;
    struct stat status;
    char digits[DIGITS + 1] = {0}, *text = NULL;
    off_t limits[3];
    bool is_read = file >= 0 && fstat(file, &status) == 0 && status.st_size > 2 * DIGITS;
    for (int i = 0; is_read && i < 2; i++) {
        is_read = read_fully(file, digits, DIGITS, status.st_size - (2 - i) * DIGITS);
        limits[i] = atol(digits);
    }
    if (is_read) {
        limits[2] = status.st_size - 2 * DIGITS;
        text = part(file, limits[which], limits[which + 1]);
    }
    if (file >= 0) close(file);
    return text;
}

static bool take_line(char *line) {
    if (strcmp(line, "walled") == 0) is_walled = true;
    else if (strcmp(line, "bare") == 0) is_walled = false;
    else if (strncmp(line, "supervise ", 10) == 0) supervised = line + 10;
    else if (strncmp(line, "attempt ", 8) == 0 && attempt_count < MOST_ATTEMPTS) {
        char *steps = line + 8, *id = strsep(&steps, "\t");
        attempts[attempt_count++] = (struct attempt){id, steps};
        return steps != NULL;
    } else return *line == 0;
    return true;
}

bool plan_load(void) {
    char *rest = read_appended(0);
    bool is_read = rest != NULL;
    for (char *line; is_read && (line = strsep(&rest, "\n"));) is_read = take_line(line);
    return is_read && attempt_count > 0;
}

bool plan_load_lists(void) { return (lists = read_appended(1)) != NULL; }

size_t plan_count(void) { return attempt_count; }
struct attempt plan_attempt(size_t index) { return attempts[index]; }
bool plan_is_walled(void) { return is_walled; }
const char *plan_supervised(void) { return supervised; }

bool plan_next_file(const char *list, size_t *position, struct listed *out) {
    static char line[4096];
    for (;;) {
        const char *start = lists + *position, *end = strchr(start, '\n');
        if (!end) return false;
        *position += (size_t)(end - start) + 1;
        if ((size_t)(end - start) >= sizeof line) continue;
        memcpy(line, start, (size_t)(end - start));
        line[end - start] = 0;
        char *rest = line, *name = strsep(&rest, "\t");
        out->label = strsep(&rest, "\t"), out->kind = strsep(&rest, "\t"), out->path = rest;
        if (!out->path) continue;
        /* All, but not the sockets a second time, and not /sys, which has more files than all the rest. */
        bool is_in_all = strcmp(name, "sockets") != 0 && strcmp(name, "sys") != 0;
        if (strcmp(name, list) == 0 || (strcmp(list, "*") == 0 && is_in_all)) return true;
    }
}
