#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static int kept_count;
static char **kept_arguments;
static char **kept_environment;

/* glibc hands constructors what main gets. */
__attribute__((constructor)) static void keep(int count, char **arguments, char **environment) {
    kept_count = count;
    kept_arguments = arguments;
    kept_environment = environment;
}

int cposix_argument_count(void) { return kept_count; }

const char *cposix_argument(int index) { return index >= 0 && index < kept_count ? kept_arguments[index] : NULL; }

const char *cposix_environment_entry(int index) { return kept_environment[index]; }

int cposix_forget_environment(void) { return clearenv() == 0 ? 0 : -1; }

void cposix_exit(int status) { exit(status); }

int cposix_fill_standard_descriptors(void) {
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && (errno != EBADF || open("/dev/null", O_RDWR) != descriptor)) return -1;
    return 0;
}

int cposix_close_descriptors_above_2(void) { return close_range(3, ~0U, 0); }

int cposix_forbid_core_dumps(void) { return setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); }

int cposix_forbid_tracing(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int cposix_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void cposix_set_umask(uint32_t mask) { umask(mask); }

int cposix_identity(struct cposix_identity *out) {
    uid_t user[3];
    gid_t group[3];
    if (getresuid(&user[0], &user[1], &user[2]) != 0 || getresgid(&group[0], &group[1], &group[2]) != 0) return -1;
    *out = (struct cposix_identity){user[0], user[1], user[2], group[0], group[1], group[2], false};

    int count = getgroups(0, NULL);
    if (count < 0) return -1;
    gid_t *groups = calloc((size_t)count + 1, sizeof *groups);
    if (!groups) return -1;
    count = getgroups(count, groups);
    for (int i = 0; i < count; i++) out->supplementary_root |= groups[i] == 0;
    free(groups);
    return count < 0 ? -1 : 0;
}

int64_t cposix_milliseconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) abort();
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cposix_auth_log(const char *program, uint32_t uid, const char *text) {
    openlog(program, 0, LOG_AUTHPRIV);
    syslog(LOG_NOTICE, "uid %u: %s", uid, text);
    closelog();
}
