/* Stands where untosh or irssius should be, under its name, and tries to get out. See escape_probe.h. */
#define _GNU_SOURCE
#include <string.h>

#include "cchatclient.h"
#include "cposix.h"
#include "escape_probe.h"

#define CHAT_PORT 6667

/* As untosh does before it looks at anything; but the descriptors stay that the plan was read with. */
static int untosh_walls(void) {
    if (cposix_forget_environment() != 0 || cposix_forbid_core_dumps() != 0 || cposix_forbid_tracing() != 0) return -1;
    cposix_set_umask(077);
    return cposix_adopt_orphans();
}

static int irssius_walls(void) {
    if (untosh_walls() != 0 || cchat_die_with_parent() != 0 || cchat_limit_resources() != 0) return -1;
    if (cchat_forbid_privileges() != 0 || cchat_forbid_files(CHAT_PORT) < 0) return -1;
    return cchat_forbid_system_calls(cchat_fixed_address(CHAT_PORT));
}

int main(int count, char **arguments) {
    const char *slash = count > 0 ? strrchr(arguments[0], '/') : NULL;
    const char *name = count > 0 ? (slash ? slash + 1 : arguments[0]) : "";
    bool is_client = strcmp(name, "irssius") == 0;
    return escape_probe_run(count > 1 ? arguments[1] : NULL, is_client ? irssius_walls : untosh_walls);
}
