import ChatServer
import Foundation
import Testing

@testable import ChatDaemon

/// What lies beside the program in its package, held against the program and against systemd.
@Suite("What is packaged with the daemon")
struct PackagedFilesTests {
    private static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: checkout.appendingPathComponent(path), encoding: .utf8)
    }

    private static let unit = "appliance/usr/lib/systemd/system/ngircdus.service"

    // MARK: Manual pages

    /// The variables that the manual lists, as `Section.Name`.
    private static func described() throws -> Set<String> {
        var section = ""
        var names: Set<String> = []
        for line in try text("docs/man/ngircdus.conf.5").split(separator: "\n") {
            if line.hasPrefix(".Ss ["), line.hasSuffix("]") { section = String(line.dropFirst(5).dropLast()) }
            guard line.hasPrefix(".It Cm ") else { continue }
            for name in line.dropFirst(7).split(separator: ",") {
                names.insert("\(section).\(name.trimmingCharacters(in: .whitespaces))".lowercased())
            }
        }
        return names
    }

    /// The variables that --configtest shows.
    private static func shown() -> Set<String> {
        var configuration = Configuration()
        configuration.operators = [Configuration.OperatorAccount()]
        var channel = Configuration.PredefinedChannel()
        channel.modes = [Array("+nt".utf8)]
        configuration.channels = [channel]
        var section = ""
        var names: Set<String> = []
        for line in ConfigurationTest.dump(configuration).split(separator: "\n") {
            if line.hasPrefix("[") { section = String(line.dropFirst().dropLast()) }
            guard let name = line.split(separator: "=").first, line.hasPrefix("  ") else { continue }
            names.insert("\(section).\(name.trimmingCharacters(in: .whitespaces))".lowercased())
        }
        return names
    }

    @Test("the manual lists exactly the variables that the daemon has")
    func variables() throws {
        let (described, shown) = (try Self.described(), Self.shown())
        #expect(described.subtracting(shown) == [] && shown.subtracting(described) == [])
        #expect(shown.count > 40)
    }

    @Test("the manual's example is a configuration")
    func example() throws {
        let page = try Self.text("docs/man/ngircdus.conf.5")
        let example = try #require(page.split(separator: ".Bd -literal -offset indent\n").last)
        let lines = example.split(separator: "\n").prefix { $0 != ".Ed" }.joined(separator: "\n")
        let loaded = try Self.load(lines)
        #expect(loaded.errors == [] && loaded.warnings == [] && loaded.configuration.channels.count == 1)
    }

    @Test("the manual lists exactly the options that --help lists")
    func options() throws {
        let page = try Self.text("docs/man/ngircdus.8").replacing("Fl -", with: "--")
        let items = page.split(separator: "\n").filter { $0.hasPrefix(".It Fl ") }
        func names(_ text: some StringProtocol) -> Set<String> {
            Set(String(text).matches(of: /--([a-z]+)/).map { String($0.output.1) })
        }
        let (described, helped) = (names(items.joined()), names(Invocation.help))
        #expect(described == helped && helped.count > 4)
    }

    // MARK: Configuration

    private static func load(_ text: String) throws -> ConfigurationLoader.Loaded {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).conf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        return ConfigurationLoader(file: file.path).load()
    }

    @Test("the shipped configuration is sound, keeps everything secret, and lets only chat users in")
    func shippedConfiguration() throws {
        // The message of the day lies elsewhere than on a server.
        let loaded = try Self.load(
            Self.text("appliance/opt/etc/ngircdus.conf").replacing(
                "/opt/etc/ngircdus.motd", with: Self.checkout.path + "/appliance/opt/etc/ngircdus.motd"))
        #expect(loaded.errors == [] && loaded.warnings == [])
        let options = loaded.configuration.options
        #expect(options.anonymous && options.kernelIdent && !options.listenBeyondLoopback)
        #expect(options.permittedGroup == Array("untochat".utf8) && options.timeStamps == .absent)
        #expect(loaded.configuration.operators.isEmpty)
    }

    // MARK: The unit

    private func analyze(_ arguments: [String], _ unit: String) throws -> (status: Int32, said: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("ngircdus.service")
        // The program is not installed here.
        try Data(unit.replacing("/opt/sbin/ngircdus --nodaemon", with: "/bin/true").utf8).write(to: file)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
        process.arguments = arguments + [file.path]
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said)
    }

    @Test("systemd has nothing to say about the unit")
    func unit() throws {
        let verdict = try analyze(["verify", "--man=no"], Self.text(Self.unit))
        // Before systemd 257 a user namespace is asked for by yes or no, and the word is left out; the unit says so.
        let unknown = "Failed to parse boolean value, ignoring: identity"
        let said = verdict.said.split(separator: "\n").filter { !$0.hasSuffix(unknown) }
        #expect(verdict.status == 0 && said.isEmpty, "\(verdict)")
    }

    @Test("a variable that systemd does not know is noticed, so the test above can fail")
    func misspeltUnit() throws {
        let text = try Self.text(Self.unit).replacing("NoNewPrivileges=", with: "NoNewPrivilege=")
        #expect(try analyze(["verify", "--man=no"], text).said.contains("NoNewPrivilege"))
    }

    @Test("systemd finds the unit as little exposed as a network service can be, and more without its walls")
    func exposure() throws {
        func level(_ unit: String) throws -> Double {
            let said = try analyze(["security", "--offline=true", "--no-pager"], unit).said
            let level = said.firstMatch(of: /exposure level for ngircdus.service: ([0-9.]+)/)?.output.1
            return try #require(level.flatMap { Double($0) }, "\(said)")
        }
        let text = try Self.text(Self.unit)
        #expect(try level(text) < 2)
        let walls = /(?m)^(System|Protect|Private|Restrict|Capab|NoNew|IPAddr|Memory).*$/
        #expect(try level(text.replacing(walls, with: "")) > 5)
    }

    // MARK: The program

    @Test("a program that serves in any SELinux context says so, which the audit refuses in a package")
    func buildForTests() throws {
        let program = try Data(contentsOf: URL(fileURLWithPath: Programs.daemon))
        let mark = Data("UNTOCHAT_TEST_BUILD".utf8)
        #expect(program.range(of: mark) != nil)
        #expect(try RunningDaemon("[Options]\nKernelIdent = no").messages.contains("UNTOCHAT_TEST_BUILD"))
    }
}
