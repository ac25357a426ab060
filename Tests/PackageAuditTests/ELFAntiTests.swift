import AuditFixtures
import ELFKit
import PackageAudit
import Testing

@Suite("Each check of ELF files can fail")
struct ELFAntiTests {
    @Test("a hardened program passes every check, and every check applies to it")
    func clean() async throws {
        let report = auditELF(
            bytes: try await CFixture.clean.build(), name: ELFFlaw.path, policy: try ELFFlaw.policy())
        #expect(report.findings.isEmpty, "\(report)")
        #expect(report.elfFiles.count == 1)
        for check in Check.ofELF { #expect(report.elfFiles[0].verdicts[check]?.answer == .yes, "\(check)") }
    }

    @Test("a program with one flaw is refused for just that", arguments: ELFFlaw.all)
    func flawed(flaw: ELFFlaw) async throws {
        let report = auditELF(bytes: try await flaw.build(), name: ELFFlaw.path, policy: try ELFFlaw.policy())
        #expect(report.findings.map(\.check) == [flaw.check], "\(report)")
        #expect(report.findings.first?.reason.contains(flaw.reason) == true, "\(report.findings)")
        #expect(report.findings.first?.hint != nil)
        #expect(report.elfFiles.first?.verdicts[flaw.check]?.answer == .no)
    }

    @Test("every check of ELF files has a flaw that it finds")
    func complete() {
        #expect(Set(ELFFlaw.all.map(\.check)) == Set(Check.ofELF))
    }

    @Test("the same program is refused for a target whose glibc is older")
    func olderTarget() async throws {
        let bytes = try await CFixture.clean.build()
        var policy = try ELFFlaw.policy()
        policy.target = try TargetCapabilities(
            yaml: ELFFlaw.target.replacing("GLIBC_2.34", with: "GLIBC_2.33"), file: "rpmbuild/targets/old.yaml")
        let report = auditELF(bytes: bytes, name: ELFFlaw.path, policy: policy)
        #expect(report.findings.map(\.check) == [.symbolVersions])
        #expect(
            report.findings.first?.reason == "old does not have GLIBC_2.34 of libc.so.6 (__libc_start_main)",
            "\(report)")
    }

    @Test("a library or a dynamic linker that the target is not known to have is refused")
    func unknownLibrary() async throws {
        let bytes = try await CFixture.clean.build()
        var policy = try ELFFlaw.policy()
        policy.target = try TargetCapabilities(
            yaml: "interpreter: /lib64/ld-linux-x86-64.so.2\nlibraries: {libm.so.6: []}", file: "none.yaml")
        #expect(
            auditELF(bytes: bytes, name: ELFFlaw.path, policy: policy).findings.first?.reason
                == "none is not known to have libc.so.6")
        policy.target = try TargetCapabilities(
            yaml: ELFFlaw.target.replacing("/lib64/", with: "/opt/"), file: "other.yaml")
        let reason = auditELF(bytes: bytes, name: ELFFlaw.path, policy: policy).findings.first?.reason
        #expect(reason?.hasPrefix("it asks for the dynamic linker /lib64/") == true)
    }

    @Test("a program that the declaration does not name is refused")
    func undeclared() async throws {
        let report = auditELF(
            bytes: try await CFixture.clean.build(), name: "/opt/bin/stowaway", policy: try ELFFlaw.policy())
        #expect(report.findings.map(\.check) == [.neededLibraries])
        #expect(report.findings.first?.reason == "specs/fixture.yaml does not declare this file")
    }

    @Test("a declared set of libraries that is larger than the needed one passes; a smaller one does not")
    func declaredContainsNeeded() async throws {
        let bytes = try await CFixture.clean.with(link: ["-Wl,--no-as-needed", "-lm"]).build()
        let all = ["libc.so.6", "libm.so.6", "libselinux.so.1"]
        for mask in 0..<8 {
            let declared = all.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element)
            var policy = try ELFFlaw.policy()
            policy.component = try ComponentDeclaration(
                yaml: ELFFlaw.declaration.replacing("[libc.so.6]", with: "[\(declared.joined(separator: ", "))]"),
                file: "specs/fixture.yaml")
            let refused = auditELF(bytes: bytes, name: ELFFlaw.path, policy: policy).findings.map(\.check)
            let contains = declared.contains("libc.so.6") && declared.contains("libm.so.6")
            #expect(refused == (contains ? [] : [.neededLibraries]), "\(declared)")
        }
    }

    @Test("a program without C calls to fortify is not said to be fortified")
    func nothingToFortify() async throws {
        let program = CFixture(
            source: """
                #include <unistd.h>
                void fill(char *);
                __attribute__((noinline)) void fill(char *line) { line[0] = (char)getpid(); }
                int main(void) { char line[64]; fill(line); return write(1, line, 1) < 0; }
                """)
        let report = auditELF(bytes: try await program.build(), name: ELFFlaw.path, policy: try ELFFlaw.policy())
        #expect(report.isClean, "\(report)")
        let verdict = report.elfFiles[0].verdicts[.fortify]
        #expect(verdict?.answer == .notApplicable && verdict?.detail == "no C calls to fortify")
    }

    @Test("a function of the compiler's runtime can be excused by name, and only by name")
    func excused() async throws {
        let program = CFixture.clean.with(compile: ["-U_FORTIFY_SOURCE"])
        let bytes = try await program.build()
        for (name, refused) in [("snprintf", []), ("vsnprintf", [Check.fortify])] {
            var policy = try ELFFlaw.policy()
            policy.component = try ComponentDeclaration(
                yaml: ELFFlaw.declaration + "\n    unfortified: [\(name)]", file: "specs/fixture.yaml")
            let report = auditELF(bytes: bytes, name: ELFFlaw.path, policy: policy)
            #expect(report.findings.map(\.check) == refused, "\(report)")
        }
    }

    @Test("a full-runtime program may hold the runtime's switches, and the table says why")
    func notEmbedded() async throws {
        let flaw = try #require(ELFFlaw.all.first { $0.check == .runtimeSwitches })
        var policy = try ELFFlaw.policy()
        policy.component = try ComponentDeclaration(
            yaml: ELFFlaw.declaration.replacing("embedded: true", with: "embedded: false"), file: "fixture.yaml")
        let report = auditELF(bytes: try await flaw.build(), name: ELFFlaw.path, policy: policy)
        #expect(report.isClean && report.elfFiles[0].verdicts[.runtimeSwitches]?.answer == .notApplicable)
    }

    private func program(holding texts: [String]) -> CFixture {
        let traces = texts.enumerated().map { "static const char trace\($0.offset)[] = \"\($0.element)\";" }
        return CFixture.clean.with(adding: traces.map { "__attribute__((used)) " + $0 }.joined(separator: "\n"))
    }

    @Test(
        "paths of the Swift library are no trace in a program that carries it; their neighbours are, and so are they elsewhere"
    )
    func runtimePaths() async throws {
        let mark = "SWIFT_BACKTRACE="
        for (texts, refused) in [
            ([mark, "/home/build-user/swift/lib/a.cpp"], []), ([mark, "/var/tmp/libdispatch.%d.log"], []),
            ([mark, "/home/build-user/other/a.c"], [Check.leaks]),
            (["/home/build-user/swift/lib/a.cpp"], [Check.leaks]),
        ] {
            let report = auditELF(
                bytes: try await program(holding: texts).build(), name: ELFFlaw.path, policy: AuditPolicy())
            #expect(report.findings.map(\.check) == refused, "\(report)")
        }
    }

    @Test("a stranger does not judge the calls of a program that carries the Swift library, except gets")
    func strangersFortify() async throws {
        let unfortified = ["-U_FORTIFY_SOURCE"]
        for (texts, answer) in [(["SWIFT_BACKTRACE="], Verdict.Answer.notApplicable), ([], .no)] {
            let bytes = try await program(holding: texts).with(compile: unfortified).build()
            let report = auditELF(bytes: bytes, name: ELFFlaw.path, policy: AuditPolicy())
            #expect(report.elfFiles[0].verdicts[.fortify]?.answer == answer, "\(report)")
        }
    }

    @Test("the fixed folder that everyone builds in is no trace; its neighbour is")
    func neutralFolder() async throws {
        var policy = try ELFFlaw.policy()
        policy.neutralFolders = ["/builddir/untochat"]
        for (path, refused) in [("/builddir/untochat/main.c", []), ("/builddir/other/main.c", [Check.leaks])] {
            let program = CFixture.clean.with(
                adding: "__attribute__((used)) static const char trace[] = \"\(path)\";")
            let report = auditELF(bytes: try await program.build(), name: ELFFlaw.path, policy: policy)
            #expect(report.findings.map(\.check) == refused, "\(report)")
        }
    }

    @Test("what a stranger cannot know does not apply; what can be seen is still refused")
    func stranger() async throws {
        let clean = auditELF(bytes: try await CFixture.clean.build(), name: "a.out", policy: AuditPolicy())
        #expect(clean.isClean)
        for check in [Check.neededLibraries, .symbolVersions, .size, .runtimeSwitches] {
            #expect(clean.elfFiles[0].verdicts[check]?.answer == .notApplicable)
        }
        let lazy = try await CFixture.clean.with(link: ["-Wl,-z,lazy"]).build()
        #expect(auditELF(bytes: lazy, name: "a.out", policy: AuditPolicy()).findings.map(\.check) == [.bindNow])
    }

    @Test("mutated programs are judged or refused, never a crash", arguments: 1...4 as ClosedRange<UInt8>)
    func mutated(seed: UInt8) async throws {
        let whole = try await CFixture.clean.build()
        let policy = try ELFFlaw.policy()
        var state = UInt64(seed)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<8 {
                // Knuth's MMIX generator: repeatable.
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % 0x700] = UInt8(truncatingIfNeeded: state >> 24)
            }
            let report = auditELF(bytes: bytes, name: ELFFlaw.path, policy: policy)
            #expect(report.elfFiles.first?.verdicts.count == Check.ofELF.count)
        }
    }
}
