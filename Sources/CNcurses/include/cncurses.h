/* What ncurses' terminal database says of a terminal. */
#ifndef CNCURSES_H
#define CNCURSES_H

#include <stdbool.h>

struct cncurses_facts {
    int colours;        /* that are chosen as ECMA-48 and xterm do it; 0 where that cannot be relied on */
    bool italic;        /* CSI 3 m */
    bool xterm_like;    /* the second screen of xterm, and with it xterm's private modes */
};

/* Reads the entry of a terminal. -1 where there is none, or where moving, clearing and highlighting are not done by the
 * control functions of ECMA-48. Reads one file; sends nothing. */
int cncurses_facts(const char *term, struct cncurses_facts *out);

#endif
