import EscapeMatrix
import Foundation
import Lab
import ReleaseSupport
import SystemPackage

/// A guest in which probes take the places of our programs and try to escape.
struct EscapeField {
    /// The chat user whose session it is, and another one who is there at the same time.
    private static let (user, other) = ("silver", "gold")
    private static let folder = "/root/escape"
    private static let script = "bash \(folder)/guest.sh"
    private static let products = FilePath("/proc/self/exe").resolved.removingLastComponent()
    private static let tests = FilePath(#filePath).removingLastComponent().removingLastComponent()

    static func matrix() throws -> Matrix {
        let file = tests.appending("EscapeMatrix/matrix.yaml")
        return try Matrix(yaml: Files.text(file), file: file.string)
    }

    /// The committed table.
    static var table: FilePath { tests.removingLastComponent().appending("docs/escape-matrix.md") }

    private let guest: Guest
    private let matrix: Matrix
    private let logs: FilePath

    /// Brings the probes into a guest. What they write is kept in `logs`, too.
    init(_ guest: Guest, _ matrix: Matrix, logs: FilePath) async throws {
        self.guest = guest
        self.matrix = matrix
        self.logs = logs
        try Files.makeFolder(logs)
        // With their own managers of units, which a guest saves otherwise: something more to get hold of.
        try await guest.root("mkdir -p \(Self.folder) && : >\(Self.folder)/none; systemctl unmask user@.service")
        for probe in ["escape-probe", "escape-probe-daemon"] {
            // What the compiler left for debuggers is near half of it, and an emulated machine encrypts every byte.
            try await TemporaryFolder.with { folder in
                let small = folder.appending(probe)
                let arguments = ["-R", ".swift_ast", "-o", small.string, Self.products.appending(probe).string]
                try await Command("strip", arguments).output(.verify)
                try await guest.copy(small, to: "\(Self.folder)/\(probe)")
            }
        }
        try await guest.copy(Self.tests.appending("EscapeMatrix/guest.sh"), to: "\(Self.folder)/guest.sh")
    }

    /// Tries everything in every domain, or only what `chosen` names for it.
    func run(_ trial: Trial, chosen: (Domain) -> Set<String>?) async throws -> Run {
        var transcripts: [Domain: ProbeTranscript] = [:]
        for domain in Domain.allCases {
            transcripts[domain] = try await run(trial, in: domain, only: chosen(domain))
        }
        return Run(transcripts)
    }

    /// Tries everything in one domain, or only the attempts `only`.
    func run(_ trial: Trial, in domain: Domain, only: Set<String>? = nil) async throws -> ProbeTranscript {
        try await guest.root("setenforce 1")
        let surroundings = try await surroundings(of: domain)
        try await write(try matrix.plan(trial, in: surroundings, only: only), to: "plan")
        try await write(
            try matrix.plan(trial, in: surroundings, only: only, supervising: Domain.irssius.program), to: "supervisor")
        // Somebody else is there, in a session of untosh as it is shipped.
        let other = try await guest.session(Self.other)
        try await other.expect(.text("\(Self.other)>"), within: .seconds(120))
        let place = trial.hasCapabilities ? "capable" : ""
        let probe = "\(Self.folder)/escape-probe"
        try await keepShipped()
        try await guest.root(
            """
            cd \(Self.folder) && \(Self.script) lists >lists
            case \(domain) in
            untosh) \(Self.script) place \(probe) plan lists /opt/bin/untosh \(place) ;;
            irssius) \(Self.script) place \(probe) plan lists /opt/bin/irssius \(place)
                \(Self.script) place \(probe) supervisor none /opt/bin/untosh \(place) ;;
            ngircdus) \(Self.script) sandbox \(trial.hasCapabilities ? "off" : "on") ;;
            esac
            setenforce \(trial.isEnforcing ? 1 : 0)
            """)
        let text =
            domain == .ngircdus
            ? try await guest.root("cd \(Self.folder) && \(Self.script) daemon escape-probe-daemon plan lists")
            : try await guest.ssh(Self.user, "", terminal: true).text
        try Files.write(text, to: logs.appending("\(trial.rawValue).\(domain)"))
        try await guest.root("setenforce 1")
        try other.send("exit\r")
        try await other.end()
        try await restoreShipped()
        return ProbeTranscript(text)
    }

    private func surroundings(of domain: Domain) async throws -> Surroundings {
        let said = try await guest.root("\(Self.script) prepare \(Self.user) \(Self.other)")
        let pairs = said.split(whereSeparator: \.isWhitespace).map { $0.split(separator: "=", maxSplits: 1) }
        var values = Dictionary(pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { $1 }
        values["program"] = domain.program
        let home = values["home"] ?? ""
        switch domain {
        case .untosh: values["own-file"] = "\(home)/untosh_lockfile"
        case .irssius: values["own-file"] = "\(home)/.irssius/config"
        case .ngircdus:
            values["home"] = "/run/ngircdus"
            values["own-file"] = "/run/ngircdus/own"
            values["uid"] = values["daemon-uid"]
        }
        return Surroundings(values)
    }

    private func write(_ text: String, to name: String) async throws {
        try await guest.root("cat >\(Self.folder)/\(name)", input: Array(text.utf8))
    }

    private static let programs = Domain.allCases.map(\.program).joined(separator: " ")

    private func keepShipped() async throws {
        try await guest.root(
            "mkdir -p \(Self.folder)/shipped && cp -n \(Self.programs) \(Self.folder)/shipped/ || true")
    }

    private func restoreShipped() async throws {
        try await guest.root(
            """
            for file in \(Self.programs); do
                cp \(Self.folder)/shipped/$(basename $file) $file.new && mv -f $file.new $file && restorecon -F $file
            done
            """)
    }
}

extension FilePath {
    fileprivate var resolved: FilePath {
        FilePath(URL(fileURLWithPath: string).resolvingSymlinksInPath().path)
    }
}
