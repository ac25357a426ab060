#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "escape_probe.h"

/* ---- report.c: lines on standard output, each by one write ---- */

void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *error_name(int number);

/* ---- plan.c ---- */

struct attempt {
    char *id;
    char *steps;
};

/* Takes the plan out of the file of this program. False when there is none. */
bool plan_load(void);
/* The same for the lists of files, which are long. */
bool plan_load_lists(void);
size_t plan_count(void);
struct attempt plan_attempt(size_t index);
bool plan_is_walled(void);
/* The program that is to try each attempt, in a process and so a domain of its own; NULL when this one does. */
const char *plan_supervised(void);
/* The next file of a list after `position`, which begins with 0. False at the end. The texts are valid until the next. */
struct listed {
    char *label, *kind, *path;
};
bool plan_next_file(const char *list, size_t *position, struct listed *out);

/* ---- constants.c ---- */

bool constant_value(const char *name, size_t length, long *out);

/* ---- words.c: what stands in a step as text, as arguments of a call ---- */

#define MOST_ARGUMENTS 8
struct arguments {
    long value[MOST_ARGUMENTS];
    int count;
};
/* Adds what a word stands for, which may be two arguments. False when it means nothing. */
bool words_take(char *word, const long results[], int step, struct arguments *out);
void words_forget(void); /* the memory that earlier words stood for */

/* ---- acts.c: what is more than one system call ---- */

/* Whether there is an act of that name. When there is, `error` is 0 or the errno of what failed. */
bool is_act(const char *name);
bool act(const char *name, char *words[], int count, int *error);

/* ---- walk.c ---- */

/* Does one thing with every file of a list and reports for which types of files it could be done. */
int walk(const char *id, const char *action, const char *list);

/* ---- steps.c ---- */

/* Tries one attempt in this process and reports its end. */
void attempt_try(struct attempt attempt);

#endif
