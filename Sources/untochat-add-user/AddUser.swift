import AccountTools
import CPosix

/// See untochat-add-user(8).
@main struct AddUser {
    static func main() { cposix_exit(AccountTool.addUser.run()) }
}
