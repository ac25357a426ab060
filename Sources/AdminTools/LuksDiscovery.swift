import AdminSupport
import CAdminTools
import DiskKeys

/// Finds the LUKS devices of this system: those that are open, and those that /etc/crypttab names.
enum LuksDiscovery {
    /// Each device once. A path that leads to no device is kept where the system needs it to start: that is told as its
    /// fault later.
    static func paths(sysfs: Sysfs = Sysfs(), crypttab: String = "/etc/crypttab") -> [String] {
        var paths = sysfs.devicesBelowLuks()
        for entry in Crypttab.entries(of: text(of: crypttab)) {
            let path = entry.header ?? entry.device
            var facts = cadmin_facts()
            let isThere = cadmin_facts_of(path, &facts) == 0
            if isThere || !entry.mayBeAbsent { paths.append(path) }
        }
        return paths
    }
}
