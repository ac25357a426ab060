#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

void cposix_terminal(int descriptor, struct cposix_terminal *out) {
    struct stat found;
    *out = (struct cposix_terminal){0};
    if (!isatty(descriptor) || fstat(descriptor, &found) != 0) return;
    out->is_terminal = true;
    out->device = found.st_dev;
    out->inode = found.st_ino;
    out->number = found.st_rdev;
    pid_t session = tcgetsid(descriptor);
    out->is_controlling = session > 0 && session == getsid(0);
}

int cposix_make_terminal_sane(int descriptor) {
    /* The flags of the open terminal are shared with everyone who has it: a child may have left O_NONBLOCK. */
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~(O_NONBLOCK | O_ASYNC | O_APPEND)) != 0) return -1;
    if (tcsetpgrp(descriptor, getpgrp()) != 0) return -1;

    struct termios mode;
    if (tcgetattr(descriptor, &mode) != 0) return -1;
    /* No IEXTEN: without it ^V is a byte like any other. No IXON: ^S cannot freeze the session. */
    mode.c_iflag = BRKINT | ICRNL | IMAXBEL | IUTF8;
    mode.c_oflag = OPOST | ONLCR;
    mode.c_lflag = ICANON | ISIG | ECHO | ECHOE | ECHOK | ECHOKE | ECHOCTL;
    mode.c_cflag = (mode.c_cflag & ~(tcflag_t)(CSIZE | CSTOPB | PARENB | CLOCAL)) | CS8 | CREAD;
    for (int i = 0; i < NCCS; i++) mode.c_cc[i] = _POSIX_VDISABLE;
    mode.c_cc[VINTR] = 'C' & 037;
    mode.c_cc[VQUIT] = '\\' & 037;
    mode.c_cc[VEOF] = 'D' & 037;
    mode.c_cc[VKILL] = 'U' & 037;
    mode.c_cc[VERASE] = 0177;
    if (tcsetattr(descriptor, TCSANOW, &mode) != 0) return -1;
    /* tcsetattr succeeds when any one of the changes was made. */
    struct termios got;
    if (tcgetattr(descriptor, &got) != 0 || got.c_lflag != mode.c_lflag || got.c_iflag != mode.c_iflag) return -1;
    return 0;
}

void cposix_discard_input(int descriptor) { tcflush(descriptor, TCIFLUSH); }

int cposix_wait_for_input(int descriptor, int milliseconds) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    int count = poll(&wanted, 1, milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -1;
    return count;
}

long cposix_read(int descriptor, uint8_t *buffer, size_t count) {
    long got;
    do got = read(descriptor, buffer, count);
    while (got < 0 && errno == EINTR);
    return got;
}

int cposix_write(int descriptor, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}
