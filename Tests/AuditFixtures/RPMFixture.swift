public import PackageAudit
public import RPMKit
import ReleaseSupport
public import SystemPackage

/// A small package: as a value for unit tests, and as a spec that rpmbuild makes a real RPM of.
public struct RPMFixture: Sendable {
    /// Macros given to rpmbuild by --define.
    public var macros: [String: String] = [
        "_buildhost": "untochat", "vendor": "Untochat", "_binary_payload": "w3.zstdio", "_source_payload": "w3.zstdio",
        "_binary_filedigest_algorithm": "8", "_source_filedigest_algorithm": "8",
        "_srcdefattr": "(0644,root,root,0755)", "_build_id_links": "none", "debug_package": "%{nil}",
        "__os_install_post": "%{nil}", "use_source_date_epoch_as_buildtime": "1",
        "clamp_mtime_to_source_date_epoch": "1", "source_date_epoch_from_changelog": "0",
    ]
    /// Lines added to the preamble.
    public var preamble: [String] = []
    /// Scriptlets by section name.
    public var scriptlets: [String: String] = [:]
    /// The attributes of the text file in %files.
    public var attributes = "%attr(0644,root,root)"
    /// Further lines of %files.
    public var files: [String] = []
    /// Further commands of %install.
    public var install: [String] = []
    /// What the text file holds.
    public var text = "A harmless line.\n"
    /// What `/opt/bin/fixture` is; empty for a package without programs.
    public var program: [UInt8] = []
    /// SOURCE_DATE_EPOCH.
    public var buildTime = 1_700_000_000
    /// Whether the package is left to say when it was really built.
    public var usesBuildTime = true

    /// Where the text file lies in the package.
    public static let textPath = "/opt/share/fixture.txt"
    /// Where the program lies in the package.
    public static let programPath = ELFFlaw.path

    /// A package that passes every check, with `program` in it.
    public init(program: [UInt8] = []) { self.program = program }

    /// The whole spec.
    public var spec: String {
        let hasProgram = !program.isEmpty
        let programFile = hasProgram ? ["%attr(0755,root,root) \(Self.programPath)"] : []
        let installProgram = hasProgram ? ["install -D %{SOURCE1} %{buildroot}\(Self.programPath)"] : []
        let head = [
            "Name: fixture", "Version: 1.0", "Release: 1", "Summary: A package for tests", "License: GPL-3.0-or-later",
            "Source0: fixture.txt", hasProgram ? "Source1: fixture" : "BuildArch: noarch", "AutoReqProv: no",
        ]
        let sections = scriptlets.sorted { $0.key < $1.key }.map { "%\($0.key)\n\($0.value)\n" }
        return """
            \((head + preamble).joined(separator: "\n"))

            %description
            A package for tests.

            %install
            install -D %{SOURCE0} %{buildroot}\(Self.textPath)
            \((installProgram + install).joined(separator: "\n"))

            \(sections.joined(separator: "\n"))
            %files
            \(([attributes + " " + Self.textPath] + programFile + files).joined(separator: "\n"))

            """
    }

    /// Builds the package with rpmbuild in `folder`.
    /// - Returns: the paths of the binary and the source package.
    public func build(in folder: FilePath) async throws -> (binary: FilePath, source: FilePath) {
        let sources = folder.appending("SOURCES")
        try Files.makeFolder(sources)
        try Files.write(text, to: sources.appending("fixture.txt"))
        if !program.isEmpty { try Files.write(program, to: sources.appending("fixture")) }
        try Files.write(spec, to: folder.appending("fixture.spec"))
        for name in try Files.names(in: sources) { try Files.setTime(sources.appending(name), buildTime) }
        try Files.setTime(folder.appending("fixture.spec"), buildTime)
        var arguments = ["-ba", "--define", "_topdir \(folder)"]
        for (name, value) in macros.sorted(by: { $0.key < $1.key }) { arguments += ["--define", "\(name) \(value)"] }
        let command = Command("rpmbuild", arguments + [folder.appending("fixture.spec").string]).with {
            // The caller's ~/.rpmmacros must not have a say.
            $0.environment = [
                "HOME": folder.string, "SOURCE_DATE_EPOCH": usesBuildTime ? String(buildTime) : nil, "LC_ALL": "C",
            ]
        }
        try await command.output(.package)
        let made = try Files.files(below: folder).filter { $0.hasSuffix(".rpm") }
        guard let source = made.first(where: { $0.hasSuffix(".src.rpm") }),
            let binary = made.first(where: { !$0.hasSuffix(".src.rpm") })
        else { throw ReleaseError(.package, "rpmbuild left no package in \(folder)") }
        return (folder.appending(binary), folder.appending(source))
    }
}

/// A package as a value: what a reader of RPM files would give.
public struct PackageFixture: Sendable {
    public var tags: [String: [String]] = [
        "buildhost": ["untochat"], "vendor": ["Untochat"], "buildtime": ["1700000000"], "filedigestalgo": ["8"],
        "payloadcompressor": ["zstd"], "summary": ["A package for tests"], "license": ["GPL-3.0-or-later"],
        "cookie": ["untochat 1700000000"], "filemtimes": ["1700000000"],
    ]
    public var files: [PackagedFile]
    public var scriptlets: [String: String] = ["post": "systemctl daemon-reload || :"]
    public var contents: [String: [UInt8]]
    public var isSource = false

    /// A package that passes every check, with `program` in it.
    public init(program: [UInt8]) {
        contents = [RPMFixture.programPath: program, RPMFixture.textPath: Array("A harmless line.\n".utf8)]
        files = [
            PackagedFile(path: "/opt/share", mode: 0o040755),
            PackagedFile(path: RPMFixture.programPath, mode: 0o100755, digest: "00"),
            PackagedFile(path: RPMFixture.textPath, mode: 0o100644, digest: "00"),
            PackagedFile(path: "/opt/share/link.txt", mode: 0o120777, linkTarget: "fixture.txt"),
        ]
    }

    /// The value.
    public var package: Package {
        Package(
            name: "fixture", version: "1.0", release: "1", architecture: "x86_64", isSource: isSource, tags: tags,
            files: files, scriptlets: scriptlets)
    }

    /// What the audit says under `ELFFlaw.policy`, or another policy.
    public func audit(_ policy: AuditPolicy) async throws -> AuditReport {
        try await auditPackage(package, content: { contents[$0.path] }, policy: policy)
    }
}
