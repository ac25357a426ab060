#define _GNU_SOURCE
#include "cchatclient.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static int flags_before = -1;

int cchat_take_terminal(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || tcgetattr(descriptor, &before) != 0) return -1;
    struct termios mode = before;
    mode.c_iflag = IUTF8;
    mode.c_oflag = 0;
    mode.c_lflag = 0;
    mode.c_cflag = (mode.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8 | CREAD;
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    if (tcsetattr(descriptor, TCSANOW, &mode) != 0) return -1;
    flags_before = flags;
    /* A terminal that takes nothing, a stalled connection, must not keep us from answering the server. */
    return fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

void cchat_give_back_terminal(int descriptor) {
    if (flags_before < 0) return;
    fcntl(descriptor, F_SETFL, flags_before);
    tcsetattr(descriptor, TCSANOW, &before);
    flags_before = -1;
}

int cchat_terminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

long cchat_read(int descriptor, uint8_t *buffer, size_t count) {
    ssize_t got;
    do got = read(descriptor, buffer, count);
    while (got < 0 && errno == EINTR);
    if (got >= 0) return got;
    return errno == EAGAIN ? CCHAT_WOULD_WAIT : CCHAT_ERROR;
}

long cchat_write(int descriptor, const uint8_t *bytes, size_t count) {
    ssize_t written;
    do written = write(descriptor, bytes, count);
    while (written < 0 && errno == EINTR);
    if (written >= 0) return written;
    return errno == EAGAIN ? CCHAT_WOULD_WAIT : CCHAT_ERROR;
}
