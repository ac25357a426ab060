import AuditFixtures
import PackageAudit
import RPMKit
import ReleaseSupport
import SystemPackage
import Testing

/// The flaws in packages that rpmbuild made, read by rpm and cpio: what the values of the unit tests claim is what
/// rpmbuild writes.
@Suite("Real packages")
struct RealRPMTests {
    private static let flaws = PackageFlaw.all.filter { $0.inSpec != nil }

    @Test("a clean package from rpmbuild passes")
    func clean() async throws {
        let report = try await audit(RPMFixture(program: CFixture.clean.build()))
        #expect(report.findings.isEmpty, "\(report)")
        #expect(report.elfFiles.count == 1)
    }

    @Test("a package from rpmbuild with one flaw is refused for just that", arguments: flaws)
    func flawed(flaw: PackageFlaw) async throws {
        var fixture = RPMFixture(program: try await CFixture.clean.build())
        flaw.inSpec?(&fixture)
        let report = try await audit(fixture)
        #expect(!report.findings.isEmpty)
        #expect(report.findings.allSatisfy { $0.check == flaw.check }, "\(report)")
        #expect(report.findings.contains { $0.reason.contains(flaw.reason) }, "\(report)")
    }

    @Test("a source package from rpmbuild passes, and is refused for another's name on its files")
    func source() async throws {
        for (owner, refused) in [("root", []), ("joanna", [Check.owners])] {
            var fixture = RPMFixture(program: [])
            fixture.macros["_srcdefattr"] = "(0644,\(owner),root,0755)"
            let report = try await audit(fixture, source: true)
            #expect(Set(report.findings.map(\.check)) == Set(refused), "\(report)")
        }
    }

    private func audit(_ fixture: RPMFixture, source: Bool = false) async throws -> AuditReport {
        try await withTemporaryFolder { folder in
            let made = try await fixture.build(in: folder)
            let file = source ? made.source : made.binary
            let package = try await read(file, isSource: source)
            let root = folder.appending("payload")
            try Files.makeFolder(root)
            try await Command("sh", ["-c", "rpm2cpio \"$1\" | cpio -i --make-directories --quiet", "sh", file.string])
                .with { $0.directory = root }.output(.audit)
            return try await auditPackage(
                package,
                content: { file in
                    let path = root.pushing(FilePath(String(file.path.trimmingPrefix("/"))))
                    return Files.exists(path) ? try Files.read(path) : nil
                }, policy: ELFFlaw.policy())
        }
    }

    private func read(_ file: FilePath, isSource: Bool) async throws -> Package {
        var tags: [String: [String]] = [:]
        for tag in [
            "buildhost", "vendor", "packager", "distribution", "disturl", "buildtime", "filedigestalgo", "cookie",
            "payloadcompressor", "summary", "url", "changelogname", "filemtimes", "description", "sourcerpm",
        ] {
            let values = try await query("[%{\(tag)}\\n]", file).split(separator: "\n").map(String.init)
            if !values.isEmpty { tags[tag] = values }
        }
        var scriptlets: [String: String] = [:]
        for (tag, name) in [("prein", "pre"), ("postin", "post"), ("preun", "preun"), ("postun", "postun")] {
            let text = try await query("%|\(tag)?{%{\(tag)}}:{}|", file)
            if !text.isEmpty { scriptlets[name] = text }
        }
        let format =
            [
                "filenames", "filemodes", "fileusername", "filegroupname", "filesizes", "filedigests", "filelinktos",
            ].map { "%{\($0)}" }.joined(separator: "|") + "|"
        let capabilities = try await query("[%{filecaps}\\n]", file).split(
            separator: "\n", omittingEmptySubsequences: false)
        let files = try await query("[\(format)\\n]", file).split(separator: "\n").enumerated().map { index, line in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let capability = index < capabilities.count ? String(capabilities[index]) : ""
            return PackagedFile(
                path: fields[0], mode: UInt16(fields[1]) ?? 0, owner: fields[2], group: fields[3],
                size: UInt64(fields[4]) ?? 0, digest: fields[5], linkTarget: fields[6],
                capabilities: capability == "(none)" ? "" : capability)
        }
        return Package(
            name: "fixture", version: "1.0", release: "1", architecture: "x86_64", isSource: isSource, tags: tags,
            files: files, scriptlets: scriptlets)
    }

    private func query(_ format: String, _ file: FilePath) async throws -> String {
        let text = try await Command("rpm", ["-qp", "--qf", format, file.string]).output(.audit)
        return text == "(none)\n" || text == "(none)" ? "" : text
    }
}
