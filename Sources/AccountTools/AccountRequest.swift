import Accounts
import AdminSupport

/// What a tool for accounts was asked for.
struct AccountRequest: ToolRequest, Equatable {
    var name = ""
    var wantsHelp = false
    var keyFile: String?
    var realName = RealName.neutral
    /// The password comes from standard input, twice.
    var givesPassword = false
    /// It must be changed at the first login.
    var expires = false
    var isStaff = false
    var isConfirmed = false
    var keepsHome = false

    /// `nil` for anything that is not understood. `allowed` are the options of the tool.
    init?(_ arguments: [String], allowed: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.utf8.first == 0x2D else {
                guard name.isEmpty, !argument.isEmpty else { return nil }
                name = argument
                continue
            }
            guard argument == "--help" || allowed.contains(argument) else { return nil }
            switch argument {
            case "--help": wantsHelp = true
            case "--ssh-key":
                guard let file = rest.popFirst() else { return nil }
                keyFile = file
            case "--real-name":
                guard let text = rest.popFirst() else { return nil }
                realName = text
            case "--password-stdin": givesPassword = true
            case "--expire": expires = true
            case "--staff": isStaff = true
            case "--yes": isConfirmed = true
            case "--keep-home": keepsHome = true
            default: return nil
            }
        }
        guard wantsHelp || !name.isEmpty else { return nil }
        // Who has no password cannot change it; one that passwd sets later has not expired.
        guard !expires || givesPassword else { return nil }
    }
}
