/* Stands where irssius will be: tells what it was given, then does whatever a broken or hostile client could do. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static void tell(int count, char **arguments) {
    for (int i = 0; i < count; i++) printf("argument %d [%s]\n", i, arguments[i]);
    for (char **entry = environ; *entry; entry++) printf("environment [%s]\n", *entry);
    for (int i = 0; i < 1024; i++)
        if (fcntl(i, F_GETFD) >= 0) printf("descriptor %d\n", i);
    mode_t mask = umask(0);
    umask(mask);
    struct rlimit core;
    getrlimit(RLIMIT_CORE, &core);
    int death = 0;
    prctl(PR_GET_PDEATHSIG, &death);
    printf("umask %03o\ncore %llu\ndeath %d\n", (unsigned)mask, (unsigned long long)core.rlim_max, death);
    printf("leads its group: %s\n", getpgrp() == getpid() ? "yes" : "no");
    printf("in the foreground: %s\n", tcgetpgrp(0) == getpgrp() ? "yes" : "no");
    printf("session of its parent: %s\n", getsid(0) == getsid(getppid()) ? "yes" : "no");
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    for (int number = 1; number <= 64; number++) {
        struct sigaction action;
        if (sigismember(&blocked, number) == 1) printf("blocked %d\n", number);
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) printf("ignored %d\n", number);
    }
}

static void leave_behind(int own_session) {
    pid_t child = fork();
    if (child == 0) {
        signal(SIGHUP, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        if (own_session) setsid();
        for (;;) pause();
    }
    printf("left behind %d\n", child);
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    tell(count, arguments);
    printf("ready\n");
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        int number = atoi(line + strcspn(line, " "));
        struct termios mode;
        tcgetattr(0, &mode);
        if (!strncmp(line, "exit", 4)) exit(number);
        if (!strncmp(line, "die", 3)) raise(number);
        if (!strncmp(line, "stop", 4)) raise(number);
        if (!strncmp(line, "parent", 6)) kill(getppid(), number);
        if (!strncmp(line, "leave", 5)) leave_behind(0);
        if (!strncmp(line, "daemon", 6)) leave_behind(1);
        if (!strncmp(line, "nonblock", 8)) fcntl(0, F_SETFL, O_NONBLOCK | O_APPEND);
        if (!strncmp(line, "window", 6)) ioctl(0, TIOCSWINSZ, &(struct winsize){(unsigned short)number, 0, 0, 0});
        if (!strncmp(line, "deaf", 4))
            for (int i = 1; i <= 64; i++) signal(i, SIG_IGN);
        if (!strncmp(line, "raw", 3)) {
            cfmakeraw(&mode);
            memset(mode.c_cc, 'x', sizeof mode.c_cc); /* VMIN and VTIME, too */
            mode.c_iflag |= IXOFF | INLCR | IGNCR;
            tcsetattr(0, TCSANOW, &mode);
            printf("done\n");
            getchar();
            exit(0);
        }
        if (!strncmp(line, "hide", 4)) {
            for (int i = 1; i <= 64; i++) signal(i, SIG_IGN);
            setpgid(0, getpgid(getppid()));
            printf("done\n");
            for (;;) pause();
        }
        if (!strncmp(line, "foreign", 7)) tcsetpgrp(0, getpgid(getppid()));
        printf("done\n");
    }
    return 3;
}
