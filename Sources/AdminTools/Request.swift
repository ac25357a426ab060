import AdminSupport

/// What a tool for disks was asked for.
struct Request: ToolRequest, Equatable {
    var wantsHelp = false
    /// Wipe the file afterwards without asking.
    var wipes = false
    /// Token types whose key slots count as passphrases.
    var counted: [String] = []
    /// The passphrase file, or "-".
    var file = ""
    /// For builds that are not shipped: these instead of the system's disks.
    var devices: [String] = []

    /// `nil` for anything that is not understood.
    init?(_ arguments: [String], allowsCounting: Bool) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help": wantsHelp = true
            case "--wipe": wipes = true
            case "--count":
                guard allowsCounting, let type = rest.popFirst() else { return nil }
                counted.append(type)
            #if !UNTOCHAT_PACKAGED
                case "--device":
                    guard let device = rest.popFirst() else { return nil }
                    devices.append(device)
            #endif
            default:
                guard file.isEmpty, argument == "-" || !argument.hasPrefix("-"), !argument.isEmpty else { return nil }
                file = argument
            }
        }
        guard wantsHelp || !file.isEmpty else { return nil }
    }
}
