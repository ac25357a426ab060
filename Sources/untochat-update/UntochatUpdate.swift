import CPosix
import TorTools

/// See untochat-update(8).
@main struct UntochatUpdate {
    static func main() { cposix_exit(UpdateTool.run()) }
}
