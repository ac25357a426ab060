import AuditFixtures
import ELFKit
import ReleaseSupport
import Testing

@testable import PackageAudit

/// The list in FortifyRule is a measurement; this measures it again with the compiler at hand.
@Suite("What _FORTIFY_SOURCE replaces")
struct FortifyListTests {
    /// Calls that leave the compiler the least to check: buffers of unknown size, formats without conversions.
    private static let calls: [String: String] = [
        "printf": "printf(\"x\")", "fprintf": "fprintf(stream, \"x\")", "vprintf": "vprintf(\"x\", list)",
        "vfprintf": "vfprintf(stream, \"x\", list)", "sprintf": "sprintf(buffer, \"%s\", text)",
        "vsprintf": "vsprintf(buffer, \"x\", list)", "snprintf": "snprintf(buffer, size, \"%s\", text)",
        "vsnprintf": "vsnprintf(buffer, size, \"x\", list)", "dprintf": "dprintf(2, \"x\")",
        "vdprintf": "vdprintf(2, \"x\", list)", "asprintf": "asprintf(&buffer, \"x\")",
        "vasprintf": "vasprintf(&buffer, \"x\", list)", "syslog": "(syslog(3, \"x\"), 0)",
        "vsyslog": "(vsyslog(3, \"x\", list), 0)", "wprintf": "wprintf(L\"x\")",
        "fwprintf": "fwprintf(stream, L\"x\")", "vwprintf": "vwprintf(L\"x\", list)",
        "vfwprintf": "vfwprintf(stream, L\"x\", list)", "swprintf": "swprintf(wide, size, L\"x\")",
        "longjmp": "(longjmp(jump, 1), 0)", "_longjmp": "(_longjmp(jump, 1), 0)",
        "siglongjmp": "(siglongjmp(jump, 1), 0)",
    ]

    private func imports(_ call: String, fortified: Bool) async throws -> [String] {
        let fixture = CFixture(
            source: """
                #define _GNU_SOURCE
                #include <setjmp.h>
                #include <stdarg.h>
                #include <stdio.h>
                #include <syslog.h>
                #include <wchar.h>
                char *buffer; const char *text; wchar_t *wide; size_t size; FILE *stream; jmp_buf jump; int result;
                void call(int first, ...);
                void call(int first, ...) { va_list list; va_start(list, first); result = \(call); va_end(list); }
                """,
            compile: CFixture.hardenedCompile + ["-w"] + (fortified ? [] : ["-U_FORTIFY_SOURCE"]),
            link: ["-fuse-ld=lld", "-shared", "-fPIC"])
        return try ELFFile(try await fixture.build()).imports.map(\.name)
    }

    @Test("every function on the list has a call that is tried")
    func complete() { #expect(Set(Self.calls.keys) == FortifyRule.alwaysReplaced) }

    @Test("a function on the list is replaced", arguments: FortifyListTests.calls.keys.sorted())
    func replaced(name: String) async throws {
        let imports = try await imports(try #require(Self.calls[name]), fortified: true)
        #expect(!imports.contains(name), "\(imports)")
        #expect(FortifyRule.verdict(imports: imports, excused: []).answer == .yes, "\(imports)")
    }

    @Test("without fortification it is found unreplaced", arguments: ["syslog", "asprintf", "snprintf", "dprintf"])
    func unreplaced(name: String) async throws {
        let imports = try await imports(try #require(Self.calls[name]), fortified: false)
        #expect(FortifyRule.verdict(imports: imports, excused: []).answer == .no, "\(imports)")
    }
}
