import AdminTools
import CPosix

/// See untochat-add-passphrase-to-luks-disks(8).
@main struct RemovePassphrase {
    static func main() { cposix_exit(LuksTool.remove.run()) }
}
