import Foundation
import ReleaseSupport
public import SystemPackage

/// Says what a machine lacks for building a release, and the command that installs it. Changes nothing.
public enum Doctor {
    /// One thing that was looked for.
    public struct Finding: Codable, Equatable, Sendable {
        /// A program, a file, or what else was examined.
        public let name: String
        /// What it is needed for, as the end of a sentence: "makes packages".
        public let purpose: String
        /// `build`, `check`, `lab` or `bench`.
        public let neededFor: String
        /// Whether it is there and good enough.
        public let isPresent: Bool
        /// Whether a build can do without, at the price that `purpose` says.
        public let isOptional: Bool
        /// The command or step that supplies it; nil where it is there.
        public let remedy: String?
        /// The package that supplies it, where there is one.
        public let package: String?
    }

    /// All that was found.
    public struct Report: Codable, Equatable, Sendable {
        /// One for each requirement, in the order in which they are stated.
        public let findings: [Finding]
        /// The one command that installs every package that is missing; nil where none is.
        public let installCommand: String?

        /// Whether nothing is missing for `purposes`; what is optional does not count.
        public func isReady(for purposes: Set<String>) -> Bool {
            findings.allSatisfy { $0.isPresent || $0.isOptional || !purposes.contains($0.neededFor) }
        }
    }

    /// Where the requirements are stated, relative to the tree.
    public static let requirementsFile: FilePath = "bootstrap/requirements.tsv"
    /// What a requirement can be needed for: the names of `bootstrap/install`'s groups.
    public static let groups: Set = ["build", "check", "lab", "bench", "tor", "installer"]
    /// The oldest Swift that reads this package.
    static let oldestSwift = (6, 2)

    /// Examines this machine for the tree in `root`.
    public static func examine(root: FilePath) async throws -> Report {
        let requirements = try Requirement.parse(Files.text(root.pushing(requirementsFile)))
        let distribution = (try? Files.text("/etc/os-release")).flatMap(Distribution.init(osRelease:))
        let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
        var findings = requirements.map { requirement in
            finding(requirement, isPresent: isPresent(requirement.probe, searchPath: searchPath), on: distribution)
        }
        findings.append(try await swiftVersion())
        findings.append(try await namespaces())
        findings.append(try await workTree(root))
        return report(findings, on: distribution)
    }

    /// The report as a table for people.
    public static func table(_ report: Report) -> String {
        let width = report.findings.map(\.name.count).max() ?? 0
        var text = ""
        for finding in report.findings {
            let state = finding.isPresent ? "ok     " : finding.isOptional ? "limited" : "MISSING"
            let name = finding.name.padding(toLength: width, withPad: " ", startingAt: 0)
            text += "\(state)  \(name)  \(finding.purpose)\n"
            // What a package supplies is in the command below.
            if let remedy = finding.remedy, finding.package == nil { text += "         -> \(remedy)\n" }
        }
        let missing = report.findings.count { !$0.isPresent && !$0.isOptional }
        text += missing == 0 ? "Nothing is missing.\n" : "\(missing) missing.\n"
        if let command = report.installCommand { text += "Install with: \(command)\n" }
        return text
    }

    // MARK: - Pure parts

    static func report(_ findings: [Finding], on distribution: Distribution?) -> Report {
        var packages: [String] = []
        for package in findings.compactMap(\.package) where !packages.contains(package) { packages.append(package) }
        let command = packages.isEmpty ? nil : distribution?.install(packages)
        return Report(findings: findings, installCommand: command)
    }

    static func finding(_ requirement: Requirement, isPresent: Bool, on distribution: Distribution?) -> Finding {
        let package = distribution.flatMap { requirement.packages[$0] ?? nil }
        let remedy: String
        if let distribution, let package {
            remedy = distribution.install([package])
        } else if requirement.probe == .command("swift") {
            remedy = "install Swift \(oldestSwift.0).\(oldestSwift.1) or later: https://www.swift.org/install/linux"
        } else {
            remedy = "install what holds \(requirement.name) by hand"
        }
        return Finding(
            name: requirement.name, purpose: requirement.purpose, neededFor: requirement.neededFor,
            isPresent: isPresent, isOptional: false, remedy: isPresent ? nil : remedy,
            package: isPresent ? nil : package)
    }

    /// Major and minor number in what `swift --version` says.
    static func version(in text: String) -> (Int, Int)? {
        guard let start = text.range(of: "Swift version ") else { return nil }
        let numbers = text[start.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(
            separator: ".")
        guard numbers.count >= 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else { return nil }
        return (major, minor)
    }

    // MARK: - Edge

    static func isPresent(_ probe: Requirement.Probe, searchPath: String) -> Bool {
        switch probe {
        case .file(let patterns): patterns.split(separator: "|").contains { isThere(String($0)) }
        case .command(let name):
            searchPath.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
        }
    }

    /// Whether a file fits a pattern of the shell.
    private static func isThere(_ pattern: String) -> Bool {
        var found = glob_t()
        defer { globfree(&found) }
        return glob(pattern, GLOB_NOSORT, nil, &found) == 0
    }

    private static func swiftVersion() async throws -> Finding {
        let found = version(in: await said(Command("swift", ["--version"])) ?? "")
        let needed = "\(oldestSwift.0).\(oldestSwift.1)"
        return special(
            "Swift version",
            "is \(found.map { "\($0.0).\($0.1)" } ?? "unknown"), and \(needed) is the oldest that fits",
            isPresent: found.map { $0 >= oldestSwift } ?? false,
            remedy: "install Swift \(needed) or later: https://www.swift.org/install/linux")
    }

    private static func namespaces() async throws -> Finding {
        special(
            "namespaces", "let packages be built offline, at one fixed path, under no host's name",
            isPresent: await said(Command("unshare", ["-Urmn", "--uts", "true"])) != nil, isOptional: true,
            remedy: "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1 or"
                + " kernel.apparmor_restrict_unprivileged_userns=0), or build as root")
    }

    private static func workTree(_ root: FilePath) async throws -> Finding {
        let said = await said(Command("git", ["-C", root.string, "rev-parse", "--verify", "HEAD"]))
        return special(
            "git work tree", "gives a release its time and its sources", isPresent: said != nil,
            remedy: "work in a clone that git can read (git -C \(root) status says why it cannot)")
    }

    private static func special(
        _ name: String, _ purpose: String, isPresent: Bool, isOptional: Bool = false, remedy: String
    ) -> Finding {
        Finding(
            name: name, purpose: purpose, neededFor: "build", isPresent: isPresent, isOptional: isOptional,
            remedy: isPresent ? nil : remedy, package: nil)
    }

    /// What a program says, or nil where it is not there or fails.
    private static func said(_ command: Command) async -> String? {
        guard let outcome = try? await command.run(.setup), outcome.succeeded else { return nil }
        return outcome.text
    }
}
