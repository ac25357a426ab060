/* An attempt is one step or more, with " ; " between them. A step is the name of a system call or an act, and words:
 *
 *   socket AF_INET SOCK_STREAM 0 ; connect $1 inet:127.0.0.1:22
 *
 * It succeeds when every step does, and otherwise ends with the first that fails. */
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_STEPS 8
#define MOST_WORDS 16

static int split(char *text, char *words[MOST_WORDS]) {
    int count = 0;
    for (char *word; (word = strsep(&text, " "));)
        if (*word && count < MOST_WORDS) words[count++] = word;
    return count;
}

static int call(long number, const struct arguments *of, long *result) {
    const long *a = of->value;
    errno = 0;
    *result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    return *result == -1 ? errno : 0;
}

/* `syscall-458` for calls that are younger than the library that knows their names. */
static int number_of(const char *name) {
    return strncmp(name, "syscall-", 8) == 0 ? atoi(name + 8) : seccomp_syscall_resolve_name(name);
}

/* Takes a step apart into the words of a system call. False when one of them means nothing. */
static bool understand(char *words[], int count, const long results[], int index, struct arguments *out) {
    for (int i = 1; i < count; i++)
        if (!words_take(words[i], results, index, out)) return false;
    return number_of(words[0]) >= 0;
}

/* EBADRQC, which no system call gives, stands for a step that cannot be understood. */
static int step(const char *id, char *text, long results[], int index) {
    char *words[MOST_WORDS];
    int count = split(text, words), error = 0;
    if (count == 0) return EBADRQC;
    if (strcmp(words[0], "walk") == 0) return count == 3 ? walk(id, words[1], words[2]) : EBADRQC;
    if (act(words[0], words + 1, count - 1, &error)) return error;
    struct arguments arguments = {0};
    if (!understand(words, count, results, index, &arguments)) return EBADRQC;
    return call(number_of(words[0]), &arguments, &results[index]);
}

/* Before the first step is done all are looked at: a later one might never be reached. */
static bool is_understood(char *text) {
    const long results[MOST_STEPS + 1] = {0};
    int index = 0;
    for (char *next = text; next; index++) {
        char *end = strstr(next, " ; "), *words[MOST_WORDS];
        if (end) *end = 0;
        int count = split(next, words);
        struct arguments arguments = {0};
        if (count == 0 || index == MOST_STEPS) return false;
        if (strcmp(words[0], "walk") != 0 && !is_act(words[0]) &&
            !understand(words, count, results, index + 1, &arguments))
            return false;
        next = end ? end + 3 : NULL;
    }
    words_forget();
    return true;
}

/* $self and $parent wherever they stand: also within paths and lists. */
static void expand(const char *steps, char *text, size_t size) {
    size_t used = 0;
    while (*steps && used + 16 < size) {
        bool is_self = strncmp(steps, "$self", 5) == 0, is_parent = strncmp(steps, "$parent", 7) == 0;
        if (is_self || is_parent) {
            used += (size_t)snprintf(text + used, size - used, "%d", is_self ? getpid() : getppid());
            steps += is_self ? 5 : 7;
        } else text[used++] = *steps++;
    }
    text[used] = 0;
}

void attempt_try(struct attempt attempt) {
    char text[2048];
    long results[MOST_STEPS + 1] = {0};
    expand(attempt.steps, text, sizeof text);
    char copy[sizeof text];
    memcpy(copy, text, sizeof text);
    report("@begin %s", attempt.id);
    int error = is_understood(copy) ? 0 : EBADRQC, index = 0;
    char *rest = text;
    for (char *next; rest && error == 0 && index < MOST_STEPS;) {
        next = rest;
        char *end = strstr(rest, " ; ");
        rest = end ? end + 3 : NULL;
        if (end) *end = 0;
        error = step(attempt.id, next, results, ++index);
    }
    words_forget();
    report("@end %s %d %s", attempt.id, error ? index : 0, error_name(error));
    /* Descriptors of this attempt would be in the way of the next one in the same process. */
    for (int i = 1; i <= index; i++)
        if (results[i] > 2 && results[i] < 65536) close((int)results[i]);
}
