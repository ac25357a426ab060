/// What the command line asks for. Options are ngircd's, so that tools made for ngircd can start this program.
public struct Invocation: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        case serve, testConfiguration, help, version
    }

    public var action = Action.serve
    /// Stay in the foreground and write to standard error.
    public var staysInForeground = false
    public var configurationFile = "/opt/etc/ngircdus.conf"

    /// A command line that cannot be followed. The text says why.
    public struct Misuse: Error, Equatable {
        public let text: String
    }

    /// Reads the arguments, without the program's name.
    public init(arguments: some Sequence<String>) throws(Misuse) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument.hasPrefix("--") {
                try takeLong(argument, &rest)
            } else if argument.hasPrefix("-"), argument.count > 1 {
                for letter in argument.dropFirst() { try takeShort(letter, &rest) }
            } else {
                throw Misuse(text: "\(argument): unexpected argument")
            }
        }
    }

    private mutating func takeLong(_ argument: String, _ rest: inout ArraySlice<String>) throws(Misuse) {
        switch argument {
        case "--nodaemon": staysInForeground = true
        case "--config": try takeFile(argument, &rest)
        case "--configtest": action = .testConfiguration
        // ngircd's: it connects to no other server of its own accord. There are none here.
        case "--passive": break
        case "--help": action = .help
        case "--version": action = .version
        default:
            guard argument.hasPrefix("--config=") else { throw Misuse(text: "\(argument): unknown option") }
            configurationFile = String(argument.dropFirst("--config=".count))
        }
    }

    private mutating func takeShort(_ letter: Character, _ rest: inout ArraySlice<String>) throws(Misuse) {
        switch letter {
        case "n": staysInForeground = true
        case "f": try takeFile("-f", &rest)
        case "t": action = .testConfiguration
        case "p": break
        case "h": action = .help
        case "V": action = .version
        default: throw Misuse(text: "-\(letter): unknown option")
        }
    }

    private mutating func takeFile(_ option: String, _ rest: inout ArraySlice<String>) throws(Misuse) {
        guard let file = rest.popFirst() else { throw Misuse(text: "\(option): a file name is missing") }
        configurationFile = file
    }

    /// What --help prints.
    public static let help = """
        usage: ngircdus [-n] [-f FILE]
               ngircdus -t [-f FILE]

          -f, --config FILE   read FILE instead of /opt/etc/ngircdus.conf
          -n, --nodaemon      stay in the foreground, write to standard error
          -p, --passive       nothing; ngircd has it
          -t, --configtest    read the configuration, show it and leave
          -V, --version       show name and version and leave
          -h, --help          show this and leave

        """
}
