#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* No buffer and no lock of stdio: the process may be killed at any step, and walls forbid much. */
void report(const char *format, ...) {
    char line[1024];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    if (length < 0) return;
    size_t count = (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
    for (size_t i = 0; i < count; i++)
        if ((unsigned char)line[i] < ' ' || (unsigned char)line[i] > '~') line[i] = '?';
    line[count] = '\n';
    for (size_t done = 0; done <= count;) {
        ssize_t written = write(1, line + done, count + 1 - done);
        if (written < 0 && errno != EINTR) return;
        if (written > 0) done += (size_t)written;
    }
}

const char *error_name(int number) {
    if (number == 0) return "OK";
    const char *name = strerrorname_np(number);
    return name ? name : "unknown";
}
