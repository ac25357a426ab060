import AdminTools
import CPosix

/// See untochat-kill-system(8).
@main struct KillSystem {
    static func main() { cposix_exit(KillTool.run()) }
}
