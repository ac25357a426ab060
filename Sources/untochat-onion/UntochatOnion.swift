import CPosix
import TorTools

/// See untochat-onion(8).
@main struct UntochatOnion {
    static func main() { cposix_exit(OnionTool.run()) }
}
