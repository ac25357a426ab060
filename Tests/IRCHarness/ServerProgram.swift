import Foundation

/// An IRC server that can be started, ours or another's.
public struct ServerProgram: Sendable {
    public enum Kind: String, Sendable {
        case ngircd, inspircd, ngircdus
    }

    public let kind: Kind
    public let path: String

    /// A program is known by the name of its file; one called otherwise is taken for ours.
    public init(path: String) {
        self.path = path
        kind = Kind(rawValue: URL(filePath: path).lastPathComponent) ?? .ngircdus
    }

    /// The program of this name in PATH or where daemons lie.
    public static func find(_ name: String) throws -> ServerProgram {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in folders + ["/usr/sbin", "/usr/local/sbin"] {
            let path = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return ServerProgram(path: path) }
        }
        throw HarnessError("\(name) is not installed: bootstrap/install check")
    }

    /// Our server, or another one to try the tests with, as NGIRCDUS_BINARY says.
    public static func underTest() throws -> ServerProgram {
        guard let path = ProcessInfo.processInfo.environment["NGIRCDUS_BINARY"], !path.isEmpty else {
            throw HarnessError("NGIRCDUS_BINARY names no program: swift build --product ngircdus")
        }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw HarnessError("NGIRCDUS_BINARY names \(path), which cannot be executed")
        }
        return ServerProgram(path: path)
    }

    func arguments(configuration file: String) -> [String] {
        switch kind {
        case .ngircd, .ngircdus: ["-n", "-f", file]
        case .inspircd: ["--runasroot", "--nofork", "--nolog", "--nopid", "--config", file]
        }
    }
}

/// What a server is told, in terms that all of them know. Limits are off, and nobody is looked up anywhere.
public struct ServerSettings: Sendable {
    /// An IRC operator's name and password.
    public struct Operator: Sendable {
        public let name: String
        public let password: String

        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    /// Ours only: replies without facts about the server, and user names from the kernel.
    public var isAnonymous = false
    public var identifiesUsers = false
    public var operators: [Operator] = []
    /// More variables in ngircd's format, by section.
    public var globals: [String] = []
    public var limits: [String] = []
    public var options: [String] = []
    /// [Options] that only ours knows.
    public var ownOptions: [String] = []
    /// Whole sections, such as [Channel].
    public var sections: [String] = []

    public init() {}

    /// A server as conversations want it: an operator, a message of the day, two channels that are always there.
    public static var conversational: ServerSettings {
        var settings = ServerSettings()
        settings.operators = [Operator(name: "op", password: "pw")]
        settings.options = ["OperCanUseMode = yes"]
        settings.sections = [
            "[Channel]\n\tName = #pre\n\tTopic = Predefined topic\n\tModes = +tn",
            "[Channel]\n\tName = #locked\n\tModes = +k key\n\tModes = +i",
        ]
        return settings
    }

    public static let serverName = "irc.test.net"

    func text(for kind: ServerProgram.Kind, port: UInt16, folder: String) -> String {
        switch kind {
        case .inspircd: inspircd(port)
        case .ngircd, .ngircdus: ngircd(kind, port, folder)
        }
    }

    private func ngircd(_ kind: ServerProgram.Kind, _ port: UInt16, _ folder: String) -> String {
        let global = [
            "Name = \(ServerSettings.serverName)", "Info = Test server", "AdminInfo1 = Here", "AdminInfo2 = There",
            "AdminEMail = admin@test.net", "Listen = 127.0.0.1", "Ports = \(port)", "Network = TestNet",
            "MotdFile = \(folder)/motd", "HelpFile = \(folder)/none",
        ]
        let off = [
            "MaxConnections = 0", "MaxConnectionsIP = 0", "MaxJoins = 0", "MaxPenaltyTime = 0", "PingTimeout = 3600",
        ]
        // A variable that was set before is not set again, for ngircd takes the last and tests want theirs.
        let chosen = off.filter { line in !limits.contains { $0.hasPrefix(line.prefix { $0 != " " } + " ") } } + limits
        var lines = ["[Global]"] + global + globals + ["[Limits]"] + chosen
        lines += ["[Options]", "DNS = no", "Ident = no", "PAM = no"]
        if kind == .ngircdus {
            lines += ["Anonymous = \(isAnonymous ? "yes" : "no")", "KernelIdent = \(identifiesUsers ? "yes" : "no")"]
            lines += ownOptions
            lines.insert("MaxConnectionsUser = 0", at: (lines.firstIndex(of: "[Limits]") ?? 0) + 1)
        }
        lines += options + sections
        for account in operators {
            lines += ["[Operator]", "Name = \(account.name)", "Password = \(account.password)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func inspircd(_ port: UInt16) -> String {
        // Without fakelag a client that sends too fast is closed, so the threshold must be out of reach.
        """
        <server name="\(ServerSettings.serverName)" description="Test server" network="TestNet">
        <admin name="Admin" nick="admin" email="admin@test.net">
        <bind address="127.0.0.1" port="\(port)" type="clients">
        <connect allow="*" timeout="60" fakelag="no" threshold="1000000000" commandrate="1000000000"
                 hardsendq="2000000000" softsendq="2000000000" recvq="1000000" localmax="100000" globalmax="100000"
                 limit="100000" maxchans="1000" maxconnwarn="no" resolvehostnames="no" useident="no" pingfreq="3600">
        <options defaultmodes="">
        <performance softlimit="100000" somaxconn="4096" quietbursts="yes">

        """
    }
}
