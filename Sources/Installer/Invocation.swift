/// What the command line says.
public enum Invocation: Equatable, Sendable {
    /// Say what can be said.
    case help
    /// Say the version.
    case version
    /// Ask for the secrets and write a kickstart.
    case createConfiguration(CreateConfiguration.Options)
    /// Install into a new disk in QEMU.
    case guest(Guest)
    /// Start an installed disk.
    case boot(Boot)
    /// Serve a kickstart on the web.
    case serve(Serve)
    /// Say where it is served, and how to boot by it.
    case findURL(FindURL)
    /// Make a server of an existing machine, or bring one up to date.
    case runAnsible(RunAnsible)
    /// Make packages that a server must refuse.
    case counterfeit(MakeCounterfeits)
    /// Say what this machine lacks.
    case doctor

    /// What `--help` prints.
    public static let helpText = """
        usage: untochat-setup create-conf|guest|boot|run-ansible|serve|find-url NAME=VALUE...
               untochat-setup doctor

        create-conf
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

        guest
        Proves Fedora's image by its signed sums, and our packages by theirs, and installs into a new disk in QEMU.

          ISO=FILE CHECKSUM=FILE FEDORAKEY=FILE
                                the image under Fedora's name for it, the CHECKSUM file, Fedora's public keys
          KICKSTARTFILE=FILE    from create-conf
          REPOSITORY=FOLDER     the published release with our packages; needless with PACKAGES=later
          KEY=FILE              the key that signed it (beside the program, ../RPM-GPG-KEY-untochat)
          DISKFILE=FILE         the qcow2 image to make; it must not exist
          SIZE=20 MEMORY=4096 CPUS=2
                                the disk in GiB, memory in MiB, processors
          ACCEL=auto|kvm|tcg    how QEMU runs it; auto tries KVM by a short boot (auto)
          CONSOLE=progress|all  what is shown of the installer (progress; all where it asks for the passphrase)
          STALL=1800            seconds of silence after which an installation is given up

        boot
        Starts the disk in QEMU, its console on this terminal, ssh at 127.0.0.1.

          DISKFILE=FILE MEMORY=2048 CPUS=2 SSHPORT=8888 ACCEL=auto
          VNCPORT=PORT          its screen, too, by VNC at 127.0.0.1: 5900 to 5999 (none)

        run-ansible
        Makes an Untochat server of a machine with Fedora, by the playbook beside the program: proves the packages by
        their signed sums, logs in by ssh to a machine whose key is known, proves there that packages without the right
        signature are refused, installs, enables and verifies. ssh and sudo ask for their passwords themselves.

          ADMINUSER=NAME        who logs in: root, or somebody with sudo
          REPOSITORY=FOLDER     the published release with our packages
          KEY=FILE              the key that signed it (beside the program, ../RPM-GPG-KEY-untochat)
          DISKFILE=FILE         the disk that boot has started; guest has written its sshd's key to FILE.known_hosts
          KNOWNHOSTS=FILE       in its place, for other machines: their keys, as ssh keeps them
          SERVER=127.0.0.1 SSHPORT=8888
                                where its sshd is reached
          SSHKEY=FILE           a private key to log in with; without it ssh asks for the password
          ONION=ADDRESS.onion   where the server will take its updates from
          CRYPTOPOLICY=POLICY   sets this crypto-policy, FUTURE:UNTOCHAT say
          CHECK=no|yes          yes: say what would change, and change nothing
          VARIABLES=FILE        more variables for the playbook, YAML
          PLAYBOOK=FOLDER       where it lies (beside the program, ../ansible)

        counterfeit
        Makes three packages of one that is signed: genuine.rpm, unsigned.rpm, and foreign.rpm, which is signed by a key
        that nobody knows. The playbook tries a server's rpm with them.

          PACKAGE=FILE FOLDER=FOLDER

        serve
        Gives the kickstart, and nothing else, to whoever asks: for those who type at the installer's boot prompt.

          KICKSTARTFILE=FILE ADDRESS=127.0.0.1 PORT=8000

        find-url
        Says which addresses of this machine serve the kickstart, by fetching it, and prints the commands of QEMU.

          KICKSTARTFILE=FILE PORT=8000 ISO=FILE DISKFILE=FILE MEMORY=4096 CPUS=2 ACCEL=auto

        doctor
        Says what this machine lacks for the others.

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
        case "guest": self = .guest(try Guest(words))
        case "boot": self = .boot(try Boot(words))
        case "serve": self = .serve(try Serve(words))
        case "find-url": self = .findURL(try FindURL(words))
        case "run-ansible": self = .runAnsible(try RunAnsible(words))
        case "counterfeit": self = .counterfeit(try MakeCounterfeits(words))
        case "doctor":
            guard words.isEmpty else { throw Misuse("doctor has no settings") }
            self = .doctor
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
