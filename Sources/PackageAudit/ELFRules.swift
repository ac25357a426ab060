import ELFKit

/// The rules for one ELF file. Pure: facts and bytes in, verdicts out.
struct ELFRules {
    let elf: ELFFile
    let bytes: [UInt8]
    /// The path in the package, or the path of a file audited alone.
    let path: String
    let policy: AuditPolicy

    private var declaration: ComponentDeclaration.Binary? { policy.component?.binaries[path] }

    func verdict(_ check: Check) -> Verdict {
        switch check {
        case .readable: .yes
        case .pie: pie
        case .relro: elf.hasRelro ? .yes : .no("it has no PT_GNU_RELRO: relocated data stays writable")
        case .bindNow: elf.bindsNow || !elf.isDynamic ? .yes : .no("immediate binding is missing")
        case .stack: stack
        case .runpath: runpath
        case .textRelocations: elf.hasTextRelocations ? .no("it relocates its own code") : .yes
        case .writableExecutable:
            elf.writableExecutableSegments == 0 ? .yes : .no("a segment is writable and executable")
        case .stackProtector:
            elf.imports("__stack_chk_fail") ? .yes : .no("no function checks its stack canary (__stack_chk_fail)")
        case .fortify: fortify
        case .neededLibraries: neededLibraries
        case .symbolVersions: symbolVersions
        case .size: size
        case .testSwitches: TextRules.testSwitches(bytes)
        case .runtimeSwitches: runtimeSwitches
        case .stripped: elf.isStripped ? .yes : .no("it holds a symbol table or debug information")
        case .leaks: leaks
        default: .notApplicable("not a check of ELF files")
        }
    }

    private var pie: Verdict {
        if elf.isPIE { return .yes }
        switch elf.kind {
        case .shared where elf.interpreter == nil: return .notApplicable("a shared library")
        case .shared: return .no("it does not say that it is position independent (DF_1_PIE)")
        case .executable: return .no("it is loaded at a fixed address")
        default: return .no("it is neither a program nor a shared library")
        }
    }

    private var stack: Verdict {
        switch elf.stack {
        case .notExecutable: .yes
        case .executable: .no("its stack is executable")
        case .unspecified: .no("it has no PT_GNU_STACK, so its stack is executable")
        }
    }

    private var runpath: Verdict {
        if let rpath = elf.rpath { return .no("RPATH is '\(rpath)'") }
        if let runpath = elf.runpath { return .no("RUNPATH is '\(runpath)'") }
        return .yes
    }

    private var neededLibraries: Verdict {
        guard let component = policy.component else { return .notApplicable("no declaration given") }
        guard let declaration else { return .no("specs/\(component.name).yaml does not declare this file") }
        let undeclared = elf.needed.filter { !declaration.needs.contains($0) }
        guard undeclared.isEmpty else { return .no("it needs \(undeclared.joined(separator: ", ")), not declared") }
        return .yes
    }

    private var symbolVersions: Verdict {
        guard let target = policy.target else { return .notApplicable("no target given") }
        if let interpreter = elf.interpreter, interpreter != target.interpreter {
            return .no("it asks for the dynamic linker \(interpreter); \(target.name) has \(target.interpreter)")
        }
        let unknown = elf.needed.filter { target.libraries[$0] == nil }
        guard unknown.isEmpty else {
            return .no("\(target.name) is not known to have \(unknown.joined(separator: ", "))")
        }
        var missing: [String] = []
        for need in elf.versionNeeds where !target.has(need.node, in: need.library) {
            let users = elf.imports.filter { $0.version == need.node && $0.library == need.library }.map(\.name)
            missing.append(
                "\(need.node) of \(need.library)" + (users.isEmpty ? "" : " (\(users.joined(separator: ", ")))"))
        }
        return missing.isEmpty ? .yes : .no("\(target.name) does not have \(missing.joined(separator: "; "))")
    }

    private var size: Verdict {
        guard let limit = declaration?.sizeLimit else { return .notApplicable("no limit declared") }
        return bytes.count <= limit ? .yes : .no("it has \(bytes.count) bytes, \(limit) are allowed")
    }

    private var fortify: Verdict {
        let verdict = FortifyRule.verdict(imports: elf.imports.map(\.name), excused: declaration?.unfortified ?? [])
        // A stranger cannot tell what the Swift library calls from what our C code calls; the release's own audit can.
        guard verdict.answer == .no, policy.component == nil, SwiftRuntime.isIn(bytes),
            !elf.imports.contains(where: { FortifyRule.neverAllowed.contains($0.name) })
        else { return verdict }
        return .notApplicable("the Swift library is in it, and no declaration says what that calls")
    }

    private var leaks: Verdict {
        var policy = policy
        if SwiftRuntime.isIn(bytes) { policy.neutralFolders += SwiftRuntime.paths }
        return LeakRules.elf(bytes, policy)
    }

    private var runtimeSwitches: Verdict {
        guard let component = policy.component else { return .notApplicable("no declaration given") }
        guard component.embedded else {
            return .notApplicable("not Embedded Swift: it must start with a clean environment")
        }
        return TextRules.runtimeSwitches(bytes)
    }
}

extension Check {
    /// What to do when an ELF file fails the check.
    func hint(_ policy: AuditPolicy) -> String? {
        let component = policy.component.map { "specs/\($0.name).yaml" } ?? "the component's declaration"
        let target = policy.target.map { "rpmbuild/targets/\($0.name).yaml" } ?? "the target's data file"
        return switch self {
        case .readable: "build the package again; a cut file is usually a full disk"
        case .pie: "compile with -fPIE and link with -pie"
        case .relro: "link with -z relro"
        case .bindNow: "link with -z now"
        case .stack: "link with -z noexecstack; assembly needs a .note.GNU-stack section"
        case .runpath: "build with --disable-local-rpath and without -rpath"
        case .textRelocations: "compile with -fPIE and link without -z notext"
        case .writableExecutable: "link without -z rwx, --omagic or a linker script that joins code and data"
        case .stackProtector: "C: -fstack-protector-strong; Swift: -Xfrontend -enable-stack-protector"
        case .fortify:
            "compile C with -O2 -D_FORTIFY_SOURCE=3; only the compiler's own runtime may be excused, in \(component)"
        case .neededLibraries: "drop the dependency, or declare it in \(component)"
        case .symbolVersions: "avoid the newer function, build on an older system, or correct \(target) with its source"
        case .size: "find what grew, or raise sizeLimit in \(component)"
        case .testSwitches: "ship the build without test constants"
        case .runtimeSwitches: "build with UNTOCHAT_EMBEDDED=1"
        case .stripped: "link with -s"
        case .leaks: "map the path away (-ffile-prefix-map, -file-prefix-map) or build under the neutral path and name"
        case .privileges: "give the file a plain mode in %files; a privilege belongs to a systemd unit"
        case .worldWritable: "set the mode in %files"
        case .owners: "use %defattr(-,root,root,-) and _srcdefattr; other owners come from tmpfiles.d"
        case .header: "set the tag in the target's file in rpmbuild/macros/"
        case .unexpandedMacros: "define the macro in the target's file in rpmbuild/macros/, or write %% for a plain %"
        }
    }
}
