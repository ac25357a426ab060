#include "cncurses.h"

#include <curses.h>
#include <string.h>
#include <term.h>

/* Compares without padding such as "$<5>", which no terminal of today waits for. */
static bool is(const char *capability, const char *wanted) {
    if (!capability || capability == (const char *)-1) return false;
    while (*capability) {
        if (capability[0] == '$' && capability[1] == '<') {
            capability = strchr(capability, '>');
            if (!capability) return false;
            capability++;
            continue;
        }
        if (*capability++ != *wanted++) return false;
    }
    return *wanted == 0;
}

static char *string(const char *name) {
    char *found = tigetstr((char *)name);
    return found == (char *)-1 ? NULL : found;
}

static bool colour_is(int colour, const char *one, const char *other) {
    char *setaf = string("setaf");
    if (!setaf) return false;
    const char *got = tiparm(setaf, colour);
    return is(got, one) || is(got, other);
}

int cncurses_facts(const char *term, struct cncurses_facts *out) {
    int error;
    *out = (struct cncurses_facts){0};
    if (setupterm((char *)term, 1, &error) != OK) return -1;
    char *move = string("cup");
    if (!move || !is(tiparm(move, 4, 9), "\033[5;10H") || !is(string("el"), "\033[K") || !is(string("bold"), "\033[1m") ||
        !is(string("rev"), "\033[7m") || !is(string("smul"), "\033[4m"))
        return -1;
    /* A terminal that scrolls when its last column is written would spoil the last row. */
    if (tigetflag((char *)"am") == 1 && tigetflag((char *)"xenl") != 1) return -1;

    int colours = tigetnum((char *)"colors");
    if (colours >= 8 && colour_is(1, "\033[31m", "\033[38;5;1m")) out->colours = 8;
    if (out->colours && colours >= 16 && colour_is(9, "\033[91m", "\033[38;5;9m")) out->colours = 16;
    if (out->colours == 16 && colours >= 256 && colour_is(100, "\033[38;5;100m", "\033[38;5;100m")) out->colours = 256;
    out->italic = is(string("sitm"), "\033[3m");
    char *second = string("smcup");
    out->xterm_like = second && strstr(second, "\033[?1049h");
    del_curterm(set_curterm(NULL));
    return 0;
}
