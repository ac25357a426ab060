import Foundation
import RPMKit
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

/// librpm's macros stay in the process that loaded them, so specs are parsed in a child: the orchestrator itself.
@Suite("Specs, in the child process that builds") struct BuildChildTests {
    private static let root = FilePath(#filePath).pushing("../../..").lexicallyNormalized()
    private static let tree = SourceTree(root: root)

    @Test("the specs say what they will be made of and what they will make")
    func describe() async throws {
        for (name, architecture, sources) in [
            ("untosh", "x86_64", ["hardening.macros"]), ("untochat-release", "noarch", ["RPM-GPG-KEY-untochat"]),
        ] {
            for target in try Target.all(in: Self.tree) {
                let spec = try await describe(name, for: target)
                #expect(spec.name == name)
                #expect(!spec.version.isEmpty)
                #expect(spec.sources == ["\(name)-\(spec.version).tar.gz"] + sources)
                let full = "\(name)-\(spec.version)-\(spec.release)"
                #expect(spec.packages == ["\(architecture)/\(full).\(architecture).rpm"])
                #expect(spec.sourcePackage == "\(full).src.rpm")
                let dist = ".fc" + target.drop { !$0.isNumber }
                #expect(spec.release.hasSuffix(dist))
            }
        }
    }

    @Test(
        "a macro that nobody defined is refused by name before anything is built",
        arguments: [
            ("%post", "%systemd_pist untosh.service"), ("%install", "%make_instal"),
            ("%description", "Costs %{price}."),
        ])
    func undefined(section: String, line: String) async throws {
        try await TemporaryFolder.with { folder in
            let outcome = try await build(spec(adding: line, to: section), in: folder)
            #expect(outcome.exitStatus == 1)
            let macro = try #require(line.split { $0 == " " || $0 == "." }.first { $0.hasPrefix("%") })
            #expect(outcome.errorText.contains(macro), "\(outcome.errorText)")
            #expect(outcome.errorText.contains("is not defined"), "\(outcome.errorText)")
            #expect(try Files.files(below: folder).filter { $0.hasSuffix(".rpm") } == [])
        }
    }

    @Test("the same spec without it is built, so it was the macro")
    func defined() async throws {
        try await TemporaryFolder.with { folder in
            let outcome = try await build(spec(adding: "exit 0", to: "%post"), in: folder)
            #expect(outcome.exitStatus == 0, "\(outcome.errorText)")
            #expect(try Files.files(below: folder).count { $0.hasSuffix(".rpm") } == 2)
        }
    }

    @Test("a spec that cannot be parsed is an error that names it")
    func unparsable() async throws {
        try await TemporaryFolder.with { folder in
            let outcome = try await build("Name: x\n%if\n", in: folder)
            #expect(outcome.exitStatus == 1)
            #expect(outcome.errorText.contains("probe.spec: the spec cannot be parsed"), "\(outcome.errorText)")
        }
    }

    // MARK: -

    private func describe(_ name: String, for target: String) async throws -> SpecDescription {
        try await TemporaryFolder.with { folder in
            let request = BuildRequest(
                spec: Self.root.appending("specs/\(name).spec").string, top: folder.string,
                macroFiles: try Target(target, in: Self.tree).macroFiles(in: Self.tree).map(\.string),
                macros: ["_sourcedir": Self.root.appending("rpmbuild/macros").string])
            let outcome = try await run(.describe(request), home: folder)
            return try JSONDecoder().decode(SpecDescription.self, from: Data(outcome.output))
        }
    }

    private func build(_ spec: String, in folder: FilePath) async throws -> Command.Outcome {
        for name in ["SOURCES", "BUILD", "BUILDROOT", "RPMS", "SRPMS"] { try Files.makeFolder(folder.appending(name)) }
        let file = folder.appending("probe.spec")
        try Files.write(spec, to: file)
        let request = BuildRequest(spec: file.string, top: folder.string, macroFiles: [], macros: [:])
        return try await run(.build(request, work: folder.string, isolated: false), home: folder)
    }

    private func spec(adding line: String, to section: String) -> String {
        let description = section == "%description" ? line : "A package for a test."
        let install = section == "%install" ? "%install\n\(line)\n" : ""
        let post = section == "%post" ? "%post\n\(line)\n" : ""
        return """
            Name: probe
            Version: 1
            Release: 1
            Summary: A package for a test
            License: MIT
            BuildArch: noarch

            %description
            \(description)

            \(install)
            \(post)
            %files

            """
    }

    private func run(_ task: RPMTask, home: FilePath) async throws -> Command.Outcome {
        // This target depends on the orchestrator, so it lies beside the tests' own program, as new as they are.
        let tests = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let program = tests.removingLastComponent().appending("untochat")
        let input = try Array(JSONEncoder().encode(task))
        return try await Command(program.string, [RPMTask.subcommand]).with {
            $0.input = input
            $0.environment = ["HOME": home.string, "LC_ALL": "C.UTF-8"]
        }.run(.package)
    }
}
