import ReleaseSupport
import StrictYAML

/// What must be true of the policy: the file `selinux/expectations.yaml`, which says what each key means.
public struct Expectations: Equatable, Sendable {
    /// What is expected of one domain of ours.
    struct Domain: Equatable, Sendable {
        var runs, libraries, entrypoints, enters, enteredFrom, reads, writes, removes, signals, tells, descriptors,
            ownProcess: Set<String>
        /// Class, target and permissions.
        var words: [Words]
    }

    /// `tcp_socket self create connect`
    struct Words: Equatable, Sendable {
        let objectClass: String
        let target: String
        let permissions: Set<String>
    }

    /// A pair of domains and the types through which the first can tell the second something.
    struct Channel: Equatable, Sendable {
        let from, to: String
        let through: Set<String>
    }

    let role: String
    let roleDomains, reaches, roleEnteredFrom: Set<String>
    let user, userRange: String
    let userRoles: Set<String>
    let domains: [String: Domain]
    /// What domains of the base policy may not write, make or remove.
    let strangers: [String: Set<String>]
    let channels: [Channel]
    let terminal: String
    let terminalDomains, terminalNever: Set<String>

    /// The domains of which facts are needed.
    var subjects: [String] { (Array(domains.keys) + Array(strangers.keys)).sorted() }

    /// Reads the text of `file`. Unknown and missing keys are errors.
    public init(yaml: String, file: String) throws {
        let top = try StrictMapping(yaml: yaml, file: file)
        try top.allow(only: ["role", "user", "domains", "strangers", "channels", "terminal"])

        let role = try top.required("role", top.mapping("role"))
        try role.allow(only: ["name", "domains", "reaches", "enteredFrom"])
        self.role = try role.required("name", role.string("name"))
        roleDomains = try role.set("domains")
        reaches = try role.set("reaches")
        roleEnteredFrom = try role.set("enteredFrom")

        let user = try top.required("user", top.mapping("user"))
        try user.allow(only: ["name", "roles", "range"])
        self.user = try user.required("name", user.string("name"))
        userRoles = try user.set("roles")
        userRange = try user.required("range", user.string("range"))

        let domains = try top.required("domains", top.mapping("domains"))
        self.domains = try domains.keys.reduce(into: [:]) { found, name in
            found[name] = try Domain(domains.required(name, domains.mapping(name)), file)
        }
        let strangers = try top.required("strangers", top.mapping("strangers"))
        self.strangers = try strangers.keys.reduce(into: [:]) { found, name in
            let stranger = try strangers.required(name, strangers.mapping(name))
            try stranger.allow(only: ["mayNotWrite"])
            found[name] = try stranger.set("mayNotWrite")
        }
        let channels = try top.required("channels", top.mapping("channels"))
        self.channels = try channels.keys.map { name in
            let ends = name.split(separator: " ").map(String.init)
            guard ends.count == 3, ends[1] == ">" else {
                throw ReleaseError(.setup, "\(file): '\(name)' must be two domains with '>' between them")
            }
            return Channel(from: ends[0], to: ends[2], through: try channels.set(name))
        }
        let terminal = try top.required("terminal", top.mapping("terminal"))
        try terminal.allow(only: ["type", "domains", "never"])
        self.terminal = try terminal.required("type", terminal.string("type"))
        terminalDomains = try terminal.set("domains")
        terminalNever = try terminal.set("never")
    }
}

extension Expectations.Domain {
    fileprivate init(_ entry: StrictMapping, _ file: String) throws {
        try entry.allow(only: [
            "runs", "libraries", "entrypoints", "enters", "enteredFrom", "reads", "writes", "removes", "signals",
            "tells",
            "descriptors", "self", "words",
        ])
        runs = try entry.set("runs")
        libraries = try entry.set("libraries")
        entrypoints = try entry.set("entrypoints")
        enters = try entry.set("enters")
        enteredFrom = try entry.set("enteredFrom")
        reads = try entry.set("reads")
        writes = try entry.set("writes")
        removes = try entry.set("removes")
        signals = try entry.set("signals")
        tells = try entry.set("tells")
        descriptors = try entry.set("descriptors")
        ownProcess = try entry.set("self")
        words = try entry.required("words", entry.strings("words")).map { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 2 else {
                throw ReleaseError(.setup, "\(file): '\(line)' must be a class, a target and permissions")
            }
            return Expectations.Words(objectClass: words[0], target: words[1], permissions: Set(words[2...]))
        }
    }
}

extension StrictMapping {
    fileprivate func set(_ key: String) throws -> Set<String> { Set(try required(key, strings(key))) }
}
