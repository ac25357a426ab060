import AccountTools
import CPosix

/// See untochat-remove-user(8).
@main struct RemoveUser {
    static func main() { cposix_exit(AccountTool.removeUser.run()) }
}
