import Foundation
public import PackageAudit
import RPMKit
import ReleaseSupport
public import SystemPackage

/// Puts packages and programs before the audit with all that is known here about the machine, the component and the
/// target.
public struct AuditStage: Sendable {
    private let components: [String: ComponentDeclaration]
    private let capabilities: TargetCapabilities?
    private let needles: [LeakNeedle]

    /// An audit with everything that `tree` declares for `target`; without a tree, a stranger's.
    public init(tree: SourceTree?, target: Target?) throws {
        guard let tree else {
            components = [:]
            capabilities = nil
            needles = []
            return
        }
        components = Dictionary(
            uniqueKeysWithValues: try Component.load(from: tree).map { ($0.name, $0.declaration) })
        capabilities = try target.map {
            let file = $0.capabilities(in: tree)
            return try TargetCapabilities(yaml: Files.text(file), file: "rpmbuild/targets/\($0.name).yaml")
        }
        needles = Self.machineNeedles(tree)
    }

    /// Judges the package file `path`. `buildTime` is what BUILDTIME must say, where that is known.
    public func audit(package path: FilePath, buildTime: Int? = nil) async throws -> AuditReport {
        let package = try Package(reading: path)
        var contents: [String: [UInt8]] = [:]
        try Package.forEachFile(in: path) { file, bytes in contents[file.path] = bytes }
        let report = try await auditPackage(
            package, content: { contents[$0.path] }, policy: policy(for: package, buildTime: buildTime))
        // What was interrupted counts as not checked, and would be told as a finding.
        try Task.checkCancellation()
        return report
    }

    /// Judges the ELF file `path` by itself. Its component is the one that declares a program of that name.
    public func audit(program path: FilePath) throws -> AuditReport {
        let bytes = try Files.read(path)
        let name = path.lastComponent?.string ?? path.string
        for component in components.values {
            for declared in component.binaries.keys where FilePath(declared).lastComponent?.string == name {
                return auditELF(bytes: bytes, name: declared, in: path.string, policy: policy(component))
            }
        }
        return auditELF(bytes: bytes, name: path.string, policy: policy(nil))
    }

    /// Judges every package and every ELF file at or below `paths`.
    ///
    /// - Throws: `ReleaseError` for a path that is not there, or that holds nothing to audit: a report on nothing would
    ///   look like a clean one.
    public func audit(paths: [FilePath]) async throws -> AuditReport {
        var report = AuditReport()
        for path in paths {
            guard Files.exists(path) else { throw ReleaseError(.audit, "\(path) does not exist") }
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder)
            let files = isFolder.boolValue ? try Files.files(below: path).map { path.appending($0) } : [path]
            var found = 0
            for file in files {
                if file.extension == "rpm" {
                    report.add(try await audit(package: file))
                } else if try Self.startsLikeELF(file) || !isFolder.boolValue {
                    report.add(try audit(program: file))
                } else {
                    continue
                }
                found += 1
            }
            guard found > 0 else {
                throw ReleaseError(
                    .audit, "\(path) holds no package and no program", hint: "name an .rpm or an ELF file")
            }
        }
        return report
    }

    private func policy(for package: Package, buildTime: Int?) -> AuditPolicy {
        // A subpackage is declared with its component: by the name of its source package, which ends in -VERSION-RELEASE.src.rpm.
        let source = package.tag("sourcerpm").map { $0.split(separator: "-").dropLast(2).joined(separator: "-") }
        var policy = policy(components[source ?? package.name] ?? components[package.name])
        policy.buildTime = buildTime
        return policy
    }

    private func policy(_ component: ComponentDeclaration?) -> AuditPolicy {
        AuditPolicy(
            component: component, target: capabilities, needles: needles,
            neutralFolders: [Sandbox.place, Sandbox.openPlace.string])
    }

    private static func startsLikeELF(_ path: FilePath) throws -> Bool {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var magic = [UInt8](repeating: 0, count: 4)
            return try magic.withUnsafeMutableBytes { try file.read(into: $0) } == 4
                && magic == [0x7f, 0x45, 0x4c, 0x46]
        }
    }

    /// What would tell where and by whom a package was built.
    private static func machineNeedles(_ tree: SourceTree) -> [LeakNeedle] {
        let environment = ProcessInfo.processInfo.environment
        let zone = try? FileManager.default.destinationOfSymbolicLink(atPath: "/etc/localtime")
        // A user called grant or mark stands in the licence of every package: an English word tells nothing.
        let words = Set(
            (try? Files.text(tree.root.appending("LICENSE")))?.split { !$0.isLetter }.map { $0.lowercased() } ?? [])
        return LeakNeedle.needles(
            buildFolders: [tree.root.string, tree.work.string], home: environment["HOME"],
            user: environment["SUDO_USER"] ?? NSUserName(), host: ProcessInfo.processInfo.hostName,
            timeZone: zone?.components(separatedBy: "zoneinfo/").last ?? environment["TZ"]
        ).filter { !words.contains($0.text.lowercased()) }
    }
}
