/* Tries, one after the other, what its plan says, from wherever it was put, and writes down what came of it. It knows
 * nothing of what ought to happen: that is judged elsewhere. Nothing of it ships.
 *
 * The plan is appended to the program's own file: that is the one file that a program can read in any domain. What it
 * looks like stands in plan.c, what an attempt may be in steps.c. */
#ifndef ESCAPE_PROBE_H
#define ESCAPE_PROBE_H

#include <stdbool.h>

/* Puts up the walls that the program in whose place this one stands puts up for itself. 0, or -1. */
typedef int (*escape_walls)(void);

/* Carries the plan out. `only` is the one attempt to try, or NULL for all. Gives the status to exit with. */
int escape_probe_run(const char *only, escape_walls walls);

#endif
