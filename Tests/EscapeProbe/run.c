#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the process itself could not say: that it was killed, or became another program. */
static void report_end(const char *id, int status) {
    if (WIFSIGNALED(status)) report("@signal %s %d %s", id, WTERMSIG(status), WCOREDUMP(status) ? "core" : "none");
    else report("@exited %s %d", id, WEXITSTATUS(status));
}

static void wait_for(const char *id, pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    report_end(id, status);
}

static void supervise(struct attempt attempt) {
    pid_t child = fork();
    if (child == 0) {
        char *arguments[] = {"irssius", attempt.id, NULL}, *environment[] = {NULL};
        setpgid(0, 0);
        execve(plan_supervised(), arguments, environment);
        report("@end %s 0 %s", "start", error_name(errno));
        _exit(126);
    }
    if (child < 0) report("@end %s 0 %s", "start", error_name(errno));
    else wait_for(attempt.id, child);
}

/* In a child where the domain may have one, so that what an attempt does to its process is gone with it. */
static void try_apart(struct attempt attempt, escape_walls walls, bool *is_walled) {
    /* Walls that are up already may kill whoever asks for a child. */
    pid_t child = *is_walled ? -1 : fork();
    if (child > 0) return wait_for(attempt.id, child);
    if (plan_is_walled() && !*is_walled && walls() != 0) {
        report("@end %s 0 %s", "walls", error_name(errno));
        _exit(125);
    }
    *is_walled = plan_is_walled();
    attempt_try(attempt);
    if (child == 0) _exit(0);
}

/* Lists must be read before walls are up. */
static bool walks(const char *only) {
    for (size_t i = 0; i < plan_count(); i++) {
        struct attempt attempt = plan_attempt(i);
        if ((!only || strcmp(only, attempt.id) == 0) && strncmp(attempt.steps, "walk ", 5) == 0) return true;
    }
    return false;
}

int escape_probe_run(const char *only, escape_walls walls) {
    if (!plan_load() || (!plan_supervised() && walks(only) && !plan_load_lists())) {
        report("@end plan 0 ENOENT");
        return 124;
    }
    /* What is inherited of them would be taken for an attempt's. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGXFSZ, SIG_DFL);
    bool is_walled = false;
    for (size_t i = 0; i < plan_count(); i++) {
        struct attempt attempt = plan_attempt(i);
        if (only && strcmp(only, attempt.id) != 0) continue;
        if (plan_supervised()) supervise(attempt);
        else if (only) { /* this process was started for it */
            if (plan_is_walled() && walls() != 0) return 125;
            attempt_try(attempt);
        } else try_apart(attempt, walls, &is_walled);
    }
    if (!only) report("@done");
    return 0;
}
