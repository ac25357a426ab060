import Foundation
import ReleaseSupport
import SystemPackage
import Testing

@testable import ReleasePipeline

private let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

@Suite("The doctor") struct DoctorTests {
    @Test("the requirements that the tree states are well formed, and none is stated twice")
    func requirements() throws {
        let requirements = try Requirement.parse(Files.text(root.pushing(Doctor.requirementsFile)))
        #expect(requirements.count > 10)
        #expect(Set(requirements.map { "\($0.name) \($0.neededFor)" }).count == requirements.count)
        #expect(requirements.allSatisfy { Doctor.groups.contains($0.neededFor) })
    }

    @Test(
        "a malformed requirement is refused by line",
        arguments: ["command:x\tp\td\tf", "x\tp\td\tf\tbuild", "command:x\t\td\tf\tbuild", "library:x\tp\td\tf\tbuild"])
    func malformed(line: String) {
        #expect(throws: ReleaseError.self) { try Requirement.parse("# fine\n" + line) }
    }

    @Test(
        "the distribution is known by itself or by what it is like",
        arguments: [
            ("ID=debian\n", "debian"), ("NAME=x\nID_LIKE=\"ubuntu debian\"\nID=mint\n", "debian"),
            ("ID=\"fedora\"\nVERSION_ID=45\n", "fedora"), ("ID=rocky\nID_LIKE='rhel fedora'\n", "fedora"),
            ("ID=arch\n", nil), ("", nil),
        ])
    func distributions(text: String, name: String?) {
        #expect(Distribution(osRelease: text)?.rawValue == name)
    }

    @Test("a program in PATH is found, and a file that is none is not")
    func probes() async throws {
        try await TemporaryFolder.with { folder in
            let program = folder.appending("program")
            try Files.write("", to: program)
            #expect(!Doctor.isPresent(.command("program"), searchPath: "/nowhere:\(folder)"))
            chmod(program.string, 0o755)
            #expect(Doctor.isPresent(.command("program"), searchPath: "/nowhere:\(folder)"))
            #expect(!Doctor.isPresent(.command("program"), searchPath: "/nowhere"))
            #expect(Doctor.isPresent(.file(program.string), searchPath: ""))
            #expect(!Doctor.isPresent(.file(program.string + "x"), searchPath: ""))
            #expect(Doctor.isPresent(.file("\(folder)/p*m"), searchPath: ""))
            #expect(Doctor.isPresent(.file("\(folder)/q*|\(folder)/p*m"), searchPath: ""))
            #expect(!Doctor.isPresent(.file("\(folder)/q*"), searchPath: ""))
        }
    }

    @Test("what is missing is listed with one command for all of it")
    func report() throws {
        let requirements = try Requirement.parse(
            "command:swift\tcompiles\t-\tswift-lang\tbuild\ncommand:a\tdoes a\tpa\tfa\tbuild\n"
                + "command:b\tdoes b\tpa\tfb\tcheck\ncommand:c\tdoes c\tpc\tfc\tcheck\n")
        func report(_ distribution: Distribution?, present: Set<String>) -> Doctor.Report {
            Doctor.report(
                requirements.map { Doctor.finding($0, isPresent: present.contains($0.name), on: distribution) },
                on: distribution)
        }
        let debian = report(.debian, present: ["c"])
        #expect(debian.installCommand == "sudo apt-get install pa")
        #expect(
            Doctor.table(debian) == """
                MISSING  swift  compiles
                         -> install Swift 6.2 or later: https://www.swift.org/install/linux
                MISSING  a      does a
                MISSING  b      does b
                ok       c      does c
                3 missing.
                Install with: sudo apt-get install pa

                """)
        #expect(report(.fedora, present: []).installCommand == "sudo dnf install swift-lang fa fb fc")
        #expect(report(nil, present: []).findings[1].remedy == "install what holds a by hand")
        #expect(!debian.isReady(for: ["build"]))
        #expect(report(.debian, present: ["swift", "a"]).isReady(for: ["build"]))
        #expect(!report(.debian, present: ["swift", "a"]).isReady(for: ["build", "check"]))
        let whole = report(.debian, present: ["swift", "a", "b", "c"])
        #expect(Doctor.table(whole).hasSuffix("Nothing is missing.\n"))
    }

    @Test("the version of Swift is read from what it says")
    func swiftVersion() throws {
        let version = try #require(Doctor.version(in: "Swift version 6.3.1 (swift-6.3.1-RELEASE)\nTarget: x"))
        #expect(version == (6, 3))
        #expect(try #require(Doctor.version(in: "Swift version 6.2-dev (LLVM x)")) == (6, 2))
        #expect(Doctor.version(in: "swift: not found") == nil)
    }

    @Test("this machine, which has just built the tests, is found fit to build, and the report is JSON")
    func examinesForReal() async throws {
        let report = try await Doctor.examine(root: root)
        #expect(report.isReady(for: ["build"]), "\(Doctor.table(report))")
        let decoded = try JSONDecoder().decode(Doctor.Report.self, from: JSONEncoder().encode(report))
        #expect(decoded == report)
    }

    @Test("a folder that is no clone is noticed")
    func noClone() async throws {
        try await TemporaryFolder.with { folder in
            try Files.makeFolder(folder.appending("bootstrap"))
            try Files.write(
                try Files.read(root.pushing(Doctor.requirementsFile)), to: folder.pushing(Doctor.requirementsFile))
            let report = try await Doctor.examine(root: folder)
            #expect(report.findings.first { $0.name == "git work tree" }?.isPresent == false)
        }
    }
}

@Suite("bootstrap/install, run for real with stand-ins for apt-get, dnf, sudo and id") struct BootstrapTests {
    private let table =
        "# a comment\n#probe\tpurpose\tdebian\tfedora\tneeded_for\n"
        + "command:sh\tis there\tnever\tnever\tbuild\nfile:/etc/passwd\tis there\tnever\tnever\tbuild\n"
        + "command:nosuch-a\tdoes a\tpa\tfa\tbuild\nfile:/nosuch/b\tdoes b\tpb\tfb\tcheck\n"

    @Test("on Debian as root: what is missing is named with its package, then apt-get runs, showing its command")
    func debian() async throws {
        let run = try await run(["build"], system: "ID=debian", user: 0)
        #expect(run.exitStatus == 0)
        #expect(
            run.text == """
                bootstrap: missing: nosuch-a, which does a (package pa)
                apt-get update
                apt-get install --yes --no-install-recommends pa

                """)
        #expect(run.errorText.contains("+ apt-get install --yes --no-install-recommends pa"))
    }

    @Test("on Fedora as a user with sudo, for two purposes")
    func fedora() async throws {
        let run = try await run(["build", "check"], system: "ID=fedora", user: 1000)
        #expect(run.exitStatus == 0)
        #expect(run.text.hasSuffix("dnf install --assumeyes fa fb\n"))
        #expect(run.text.contains("sudo sh -xc"))
    }

    @Test("with neither root nor sudo it says what to run and exits 1")
    func noRoot() async throws {
        let run = try await run(["build"], system: "ID=debian", user: 1000, hasSudo: false)
        #expect(run.exitStatus == 1)
        #expect(run.errorText.hasPrefix("bootstrap: run as root: apt-get update && apt-get install"))
        #expect(run.errorText.hasSuffix(" pa\n"))
    }

    @Test("an unknown distribution, no purpose, and a program without a package are refused with exit status 1")
    func refusals() async throws {
        let unknown = try await run(["build"], system: "ID=arch", user: 0)
        #expect(unknown.exitStatus == 1 && unknown.errorText.contains("arch is neither Debian nor Fedora"))
        let none = try await run([], system: "ID=debian", user: 0)
        #expect(none.exitStatus == 1 && none.errorText.contains("usage: bootstrap/install"))
        let swift = try await run(
            ["build"], system: "ID=debian", user: 0, table: "command:nosuch-swift\tcompiles\t-\tswift-lang\tbuild\n")
        #expect(swift.exitStatus == 1 && swift.errorText.contains("https://www.swift.org/install"))
    }

    @Test("where nothing is missing it says so and installs nothing")
    func nothingMissing() async throws {
        let run = try await run(["bench"], system: "ID=debian", user: 0)
        #expect(run.exitStatus == 0)
        #expect(run.text == "bootstrap: nothing is missing for: bench\n")
    }

    @Test("shellcheck has nothing to say, and the script stays under twenty lines of code")
    func clean() async throws {
        let script = root.pushing("bootstrap/install")
        try await Command("shellcheck", [script.string]).output(.setup)
        let code = try Files.text(script).split(separator: "\n")
            .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("#") }
        #expect(code.count < 20)
    }

    private func run(
        _ arguments: [String], system: String, user: Int, hasSudo: Bool = true, table: String? = nil
    ) async throws -> Command.Outcome {
        try await TemporaryFolder.with { folder in
            func program(_ name: String, _ text: String) throws {
                try Files.write("#!/bin/sh\n\(text)\n", to: folder.appending(name), mode: [.ownerReadWriteExecute])
            }
            try program("apt-get", "echo apt-get \"$@\"")
            try program("dnf", "echo dnf \"$@\"")
            try program("id", "echo \(user)")
            if hasSudo { try program("sudo", "echo sudo \"$@\"; exec \"$@\"") }
            // Nothing else in PATH than sh, so that a real sudo does not count.
            symlink("/bin/sh", folder.appending("sh").string)
            try Files.write(system, to: folder.appending("os-release"))
            try Files.write(table ?? self.table, to: folder.appending("table"))
            return try await Command("/bin/bash", [root.pushing("bootstrap/install").string] + arguments).with {
                $0.environment = [
                    "PATH": folder.string, "OS_RELEASE": folder.appending("os-release").string,
                    "REQUIREMENTS": folder.appending("table").string,
                ]
            }.run(.setup)
        }
    }
}
