import ELFKit
public import RPMKit

/// Judges one ELF file.
///
/// - Parameters:
///   - bytes: the whole file.
///   - name: its path in the package, by which the component declares it; or the path of a file audited alone.
///   - subject: the package's identifier, if it is in one.
///   - policy: what is known beside the file.
public func auditELF(bytes: [UInt8], name: String, in subject: String? = nil, policy: AuditPolicy) -> AuditReport {
    let path = subject == nil ? nil : name
    let subject = subject ?? name
    var verdicts: [Check: Verdict] = [:]
    do {
        let rules = ELFRules(elf: try ELFFile(bytes), bytes: bytes, path: name, policy: policy)
        for check in Check.ofELF { verdicts[check] = rules.verdict(check) }
    } catch {
        for check in Check.ofELF { verdicts[check] = .notApplicable("the file cannot be read") }
        verdicts[.readable] = .no("it is not a sound ELF file: \(error)")
    }
    let findings = Check.ofELF.compactMap { check -> Finding? in
        guard let verdict = verdicts[check], verdict.answer == .no else { return nil }
        return Finding(check, subject, path: path, verdict.detail ?? "", hint: check.hint(policy))
    }
    return AuditReport(
        packages: [], elfFiles: [.init(subject: subject, path: path, verdicts: verdicts)], findings: findings)
}

/// Judges one package: its header, every file's description and every file's content.
///
/// Pure but for `content` and `expander`.
///
/// - Parameters:
///   - package: what the header says.
///   - content: the content of a regular file; nil where the payload has none, which is a finding, because what was
///     not read was not checked.
///   - policy: what is known beside the package.
///   - expander: undoes compression.
public func auditPackage(
    _ package: Package, content: (PackagedFile) throws -> [UInt8]?, policy: AuditPolicy,
    expander: Expander = Expander()
) async throws -> AuditReport {
    var audit = PackageAuditor(package: package, policy: policy)
    audit.judgeHeader()
    for file in package.files {
        audit.judgeDescription(file)
        guard file.isRegular else { continue }
        guard let bytes = try content(file) else {
            audit.found(.leaks, file.path, "its content is not in the payload, so nothing in it was checked")
            continue
        }
        await audit.judgeContent(file, bytes, expander)
    }
    audit.judgePresence()
    return audit.report
}

/// Gathers what is found in one package.
private struct PackageAuditor {
    let package: Package
    let policy: AuditPolicy
    private var findings: [Finding] = []
    private var elfFiles = AuditReport()
    private var elfPaths: Set<String> = []

    init(package: Package, policy: AuditPolicy) {
        self.package = package
        self.policy = policy
    }

    mutating func found(_ check: Check, _ path: String?, _ reason: String) {
        findings.append(Finding(check, package.identifier, path: path, reason, hint: check.hint(policy)))
    }

    mutating func judgeHeader() {
        for reason in HeaderRules.header(package, buildTime: policy.buildTime) { found(.header, nil, reason) }
        for reason in HeaderRules.unexpandedMacros(package) { found(.unexpandedMacros, nil, reason) }
        for reason in HeaderRules.leaks(package, policy) { found(.leaks, nil, reason) }
    }

    mutating func judgeDescription(_ file: PackagedFile) {
        if let reason = FileRules.privileges(file) { found(.privileges, file.path, reason) }
        if let reason = FileRules.worldWritable(file) { found(.worldWritable, file.path, reason) }
        if let reason = FileRules.owners(file) { found(.owners, file.path, reason) }
    }

    mutating func judgeContent(_ file: PackagedFile, _ bytes: [UInt8], _ expander: Expander) async {
        if ELFFile.hasMagic(bytes) {
            elfPaths.insert(file.path)
            elfFiles.add(auditELF(bytes: bytes, name: file.path, in: package.identifier, policy: policy))
            return
        }
        do {
            let expanded = try await expander.expand(bytes)
            // Sources hold the switches that their tests use.
            if !package.isSource { note(.testSwitches, file.path, TextRules.testSwitches(expanded)) }
            note(.leaks, file.path, LeakRules.content(expanded, policy, isSource: package.isSource))
        } catch {
            found(.leaks, file.path, "it cannot be decompressed, so nothing in it was checked: \(error)")
        }
    }

    /// A component whose program is missing would pass every check on programs.
    mutating func judgePresence() {
        guard let component = policy.component, component.name == package.name, !package.isSource else { return }
        for path in component.binaries.keys.sorted() where !elfPaths.contains(path) {
            found(
                .neededLibraries, path,
                "specs/\(component.name).yaml declares it, but the package has no ELF file of that name")
        }
    }

    private mutating func note(_ check: Check, _ path: String, _ verdict: Verdict) {
        if verdict.answer == .no { found(check, path, verdict.detail ?? "") }
    }

    var report: AuditReport {
        var verdicts: [Check: Verdict] = [:]
        for check in Check.ofPackage {
            let wrong = (findings + elfFiles.findings).count { $0.check == check }
            verdicts[check] = wrong == 0 ? .yes : .no("\(wrong) findings")
        }
        if package.isSource { verdicts[.testSwitches] = .notApplicable("sources hold their tests") }
        var report = AuditReport(
            packages: [.init(subject: package.identifier, path: nil, verdicts: verdicts)], elfFiles: [],
            findings: findings)
        report.add(elfFiles)
        return report
    }
}
