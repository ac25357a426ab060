/// What the command line says.
public enum Invocation: Equatable, Sendable {
    /// Say what can be said.
    case help
    /// Say the version.
    case version
    /// Ask for the secrets and write a kickstart.
    case createConfiguration(CreateConfiguration.Options)

    /// What `--help` prints.
    public static let helpText = """
        usage: untochat-setup create-conf NAME=VALUE...

        Asks for the passphrase of the disk and the administrator's password, each twice, and writes a kickstart for the
        installation of an Untochat server. Secrets are typed, or read from standard input a line each; no argument and no
        environment variable ever holds one.

          ADMINUSER=NAME        the administrator's login name
          TIMEZONE=ZONE         Europe/Prague, UTC ...
          KEYMAP=NAME           us, cz-qwerty, de-nodeadkeys ...
          KICKSTARTFILE=FILE    the file to write; it must not exist
          FEDORA=45|44          the release that is installed (45)
          DISK=auto|/dev/NAME   the disk that is emptied (auto: the only one)
          FILL=random|discard   how it is emptied (random)
          PASSPHRASE=kickstart|console
                                the passphrase stands in the file and must be changed later, or the installer asks
                                for it at its console (kickstart)
          SOURCE=network|cdrom  where Fedora's packages come from (network)
          PACKAGES=medium|later our packages: on the volume of the kickstart, or brought by Ansible (medium)
          DESKTOP=none|xfce     what the machine's screen shows (none: the text console)
          SHARE=FOLDER          where the template and the lists lie (beside the program, ../kickstart)

        Exit status: 0 done, 1 refused or failed, 2 misused, 130 interrupted.

        """

    /// Reads `arguments`, without the program's name.
    public init(_ arguments: some Sequence<String>) throws(Misuse) {
        var words = Array(arguments)
        guard !words.isEmpty else { throw Misuse("a command is missing") }
        let command = words.removeFirst()
        switch command {
        case "--help", "-h", "help": self = .help
        case "--version": self = .version
        case "create-conf": self = .createConfiguration(try CreateConfiguration.Options(words))
        default: throw Misuse("there is no command \(quoted(command))")
        }
    }
}

/// The command line is wrong.
public struct Misuse: Error, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String

    init(_ description: String) { self.description = description }
}
