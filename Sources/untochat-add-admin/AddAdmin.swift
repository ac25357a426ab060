import AccountTools
import CPosix

/// See untochat-add-admin(8).
@main struct AddAdmin {
    static func main() { cposix_exit(AccountTool.addAdministrator.run()) }
}
