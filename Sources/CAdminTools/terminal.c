#define _GNU_SOURCE
#include "cadmintools.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

static bool ends(int number) {
    return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

bool cadmin_is_interrupted(int signals) {
    struct signalfd_siginfo info;
    bool wanted = false;
    while (read(signals, &info, sizeof info) == sizeof info) wanted |= ends((int)info.ssi_signo);
    return wanted;
}

static void show(const char *text) {
    if (write(2, text, strlen(text)) < 0) return; /* who does not see the question can still answer it */
}

/* One byte of the terminal: 1, 0 at its end, or CADMIN_INTERRUPTED. */
static int take(int signals, uint8_t *byte) {
    for (;;) {
        struct pollfd watched[] = {{.fd = 0, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        if (poll(watched, 2, -1) < 0 && errno != EINTR) return 0;
        if (watched[1].revents && cadmin_is_interrupted(signals)) return CADMIN_INTERRUPTED;
        if (!watched[0].revents) continue;
        ssize_t got = read(0, byte, 1);
        if (got >= 0) return (int)got;
        if (errno != EINTR && errno != EAGAIN) return 0;
    }
}

static long line(int signals, uint8_t *buffer, size_t size) {
    size_t used = 0;
    bool fits = true;
    uint8_t byte = 0;
    for (;;) {
        int got = take(signals, &byte);
        if (got < 0) return got;
        if (got == 0 || byte == '\n') break;
        if (used < size) buffer[used++] = byte;
        else fits = false;
    }
    byte = 0;
    return fits ? (long)used : CADMIN_TOO_LONG;
}

long cadmin_ask(const char *question, int signals, uint8_t *buffer, size_t size) {
    struct termios before;
    if (tcgetattr(0, &before) != 0) return CADMIN_NO_TERMINAL;
    struct termios hidden = before;
    hidden.c_lflag = (hidden.c_lflag & ~(tcflag_t)ECHO) | ICANON | ISIG | ECHONL;
    hidden.c_iflag |= ICRNL;
    /* What was typed before the question was seen is not the answer. */
    if (tcsetattr(0, TCSAFLUSH, &hidden) != 0) return CADMIN_NO_TERMINAL;
    struct termios got;
    if (tcgetattr(0, &got) != 0 || got.c_lflag & ECHO) {
        tcsetattr(0, TCSAFLUSH, &before);
        return CADMIN_NO_TERMINAL;
    }
    show(question);
    long count = line(signals, buffer, size);
    tcsetattr(0, TCSAFLUSH, &before);
    return count;
}

bool cadmin_confirm(const char *question, int signals) {
    if (!isatty(0)) return false;
    tcflush(0, TCIFLUSH);
    show(question);
    uint8_t answer[2];
    return line(signals, answer, sizeof answer) == 1 && answer[0] == 'y';
}

bool cadmin_confirm_word(const char *question, int signals, const char *word) {
    if (!isatty(0)) return false;
    tcflush(0, TCIFLUSH);
    show(question);
    uint8_t answer[64];
    long count = line(signals, answer, sizeof answer);
    return count == (long)strlen(word) && memcmp(answer, word, (size_t)count) == 0;
}
