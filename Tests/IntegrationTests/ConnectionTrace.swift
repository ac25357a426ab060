import ReleaseSupport
import SystemPackage

/// Where a program and all that it started tried to get to, as the kernel was asked: whether somebody was there or not.
struct ConnectionTrace {
    let file: FilePath
    /// Below it lie the homes of the gpg-agents that dnf starts and leaves behind.
    let folder: FilePath

    /// The same command, watched. It ends with its gpg-agents: strace stays until nobody is left to be watched.
    func watching(_ command: Command) -> Command {
        var watched = command
        watched.program = "strace"
        let script = """
            "$@"; status=$?
            find '\(folder)' -type d -name pubring -exec gpgconf --homedir {} --kill gpg-agent ';'
            exit $status
            """
        watched.arguments =
            [
                "-f", "--seccomp-bpf", "-qq", "-o", file.string, "-e", "trace=connect,sendto,sendmsg,sendmmsg",
                "/bin/sh", "-c", script,
            ]
            + ["sh", command.program] + command.arguments
        return watched
    }

    /// "ADDRESS:PORT" of each, and the socket of a local resolver, which would ask in this program's place.
    var destinations: Set<String> {
        get throws { Self.destinations(in: try Files.text(file)) }
    }

    /// The same, of what strace wrote.
    static func destinations(in text: String) -> Set<String> {
        var found: Set<String> = []
        for line in text.split(separator: "\n") {
            for match in line.matches(
                of: #/sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]*)"/#)
            {
                found.insert("\(match.2):\(match.1)")
            }
            // Whatever else is written of an address is not understood, and so is a finding.
            if line.contains("AF_INET"), line.contains("sa_family"), !line.contains("_port=htons(") {
                found.insert(String(line))
            }
            if let match = line.firstMatch(of: #/sun_path=@?"([^"]*resolve[^"]*|[^"]*nscd[^"]*)"/#),
                !line.contains("ENOENT")
            {
                found.insert(String(match.1))
            }
        }
        return found
    }
}
