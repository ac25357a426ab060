import CChatDaemon
import ChatDaemon
import EscapeProbe
import Glibc

// Stands where ngircdus should be and tries to get out. See escape_probe.h.

/// As the daemon does before it serves.
func daemonWalls() -> Int32 {
    chatd_give_memory_back()
    guard chatd_raise_descriptor_limit() > 0, chatd_forbid_core_dumps_and_tracing() == 0, chatd_die_quietly() == 0,
        chatd_forbid_children() == 0, chatd_forbid_new_privileges() == 0
    else { return -1 }
    do {
        try SystemCallFilter.load()
        return 0
    } catch {
        return -1
    }
}

// As the other probe does when it is started by itself; systemd's arguments for the daemon mean nothing here.
if CommandLine.arguments.contains("--version") { exit(0) }
exit(escape_probe_run(nil, daemonWalls))
