import AuditFixtures
import ELFKit
import ReleaseSupport
import TestNumbers
import Testing

@Suite("ELF facts")
struct ELFFileTests {
    @Test("a hardened program is read as one")
    func hardened() async throws {
        let elf = try ELFFile(try await CFixture.clean.build())
        #expect(elf.elfClass == .bits64)
        #expect(elf.machine == 62 || elf.machine == 183)
        #expect(elf.kind == .shared && elf.isPIE && elf.isDynamic)
        #expect(elf.interpreter?.hasPrefix("/lib") == true)
        #expect(elf.hasRelro && elf.bindsNow)
        #expect(elf.stack == .notExecutable)
        #expect(elf.rpath == nil && elf.runpath == nil)
        #expect(!elf.hasTextRelocations && elf.writableExecutableSegments == 0)
        #expect(elf.needed == ["libc.so.6"])
        #expect(elf.isStripped)
    }

    @Test("imports carry their version and library")
    func imports() async throws {
        let elf = try ELFFile(try await CFixture.clean.build())
        let canary = try #require(elf.imports.first { $0.name == "__stack_chk_fail" })
        #expect(canary.library == "libc.so.6" && canary.version == "GLIBC_2.4" && !canary.isWeak)
        #expect(elf.imports("__snprintf_chk") && !elf.imports("snprintf"))
        #expect(elf.versionNeeds.contains { $0.library == "libc.so.6" && $0.node == "GLIBC_2.34" })
    }

    @Test("a weak import is told from a strong one")
    func weak() async throws {
        let program = CFixture.clean.with(
            adding: """
                __attribute__((weak)) void perhaps(void);
                __attribute__((constructor)) static void start(void) { if (perhaps) perhaps(); }
                """)
        let elf = try ELFFile(try await program.build())
        #expect(elf.imports.first { $0.name == "perhaps" }?.isWeak == true)
    }

    @Test("each kind of hash table tells how many symbols there are", arguments: ["sysv", "gnu", "both"])
    func hashStyles(style: String) async throws {
        let plain = try ELFFile(try await CFixture.clean.build())
        let elf = try ELFFile(try await CFixture.clean.with(link: ["-Wl,--hash-style=\(style)"]).build())
        #expect(Set(elf.imports) == Set(plain.imports))
    }

    @Test("other linkers' files are read too", arguments: ["bfd", "gold"])
    func linkers(linker: String) async throws {
        let found = try await Command("which", ["ld.\(linker)"]).run(.setup).succeeded
        guard found else { return }
        // gold does not know separate-code.
        let link = CFixture.hardenedLink.filter { !$0.hasSuffix("separate-code") } + ["-fuse-ld=\(linker)"]
        let elf = try ELFFile(try await CFixture(source: CFixture.clean.source, link: link).build())
        #expect(elf.hasRelro && elf.bindsNow && elf.kind == .shared)
        #expect(elf.imports("__stack_chk_fail") && elf.imports("__snprintf_chk"))
    }

    @Test("a file without section headers says the same")
    func withoutSections() async throws {
        let whole = try await CFixture.clean.build()
        var bytes = whole
        // e_shoff, then e_shentsize, e_shnum and e_shstrndx of Elf64_Ehdr (elf(5)).
        for offset in Array(0x28..<0x30) + Array(0x3a..<0x40) { bytes[offset] = 0 }
        #expect(try ELFFile(bytes) == ELFFile(whole))
    }

    @Test("symbols that are left in are seen, and stripping takes them away")
    func stripped() async throws {
        let unstripped = CFixture(
            source: CFixture.clean.source, link: CFixture.hardenedLink.filter { $0 != "-Wl,-s" })
        #expect(try await ELFFile(unstripped.build()).isStripped == false)
        #expect(try await ELFFile(CFixture.clean.build()).isStripped)
    }

    @Test("a static program has no dynamic segment and no imports")
    func fixedStatic() async throws {
        let program = CFixture(
            source: "void _start(void) { for (;;) ; }", compile: ["-O1", "-ffreestanding"],
            link: ["-fuse-ld=lld", "-static", "-nostdlib"])
        let elf = try ELFFile(try await program.build())
        #expect(elf.kind == .executable && !elf.isDynamic && !elf.isPIE && elf.interpreter == nil)
        #expect(elf.imports.isEmpty && elf.needed.isEmpty)
    }

    @Test("an object file is read as one")
    func object() async throws {
        let elf = try ELFFile(try await CFixture(source: "int x;", compile: ["-c"], link: []).build())
        #expect(elf.kind == .relocatable && !elf.isDynamic && elf.stack == .unspecified)
    }

    @Test("a shared library has a soname and is no PIE")
    func library() async throws {
        let fixture = CFixture(
            source: "int answer(void) { return 42; }", compile: ["-fPIC"],
            link: ["-fuse-ld=lld", "-shared", "-Wl,-soname,libanswer.so.1"])
        let elf = try ELFFile(try await fixture.build())
        #expect(elf.kind == .shared && !elf.isPIE && elf.soname == "libanswer.so.1")
    }
}

@Suite("Hostile ELF files")
struct HostileELFTests {
    @Test(
        "what is no ELF file is refused with the reason",
        arguments: [
            ([], "magic"), (Array("#!/bin/sh\n".utf8), "magic"), ([0x7f, 0x45, 0x4c, 0x46], "it"),
            ([0x7f, 0x45, 0x4c, 0x46] + [UInt8](repeating: 0xff, count: 100), "it"),
        ] as [([UInt8], String)])
    func noELF(bytes: [UInt8], reason: String) {
        let error = #expect(throws: ELFError.self) { try ELFFile(bytes) }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test("a big-endian file is refused")
    func bigEndian() async throws {
        var bytes = try await CFixture.clean.build()
        bytes[5] = 2
        let error = #expect(throws: ELFError.self) { try ELFFile(bytes) }
        #expect(error?.reason == "it is not little-endian")
    }

    @Test("an endless name is refused; a long one is read")
    func longName() async throws {
        for (count, refused) in [(16_384, false), (16_385, true)] {
            let name = String(repeating: "x", count: count)
            let fixture = CFixture(
                source: "void \(name)(void); void call(void); void call(void) { \(name)(); }", compile: ["-fPIC"],
                link: ["-fuse-ld=lld", "-shared"])
            let elf = try? ELFFile(try await fixture.build())
            #expect((elf == nil) == refused && (refused || elf?.imports(name) == true))
        }
    }

    @Test("a file cut anywhere is read or refused, never a crash")
    func truncated() async throws {
        let whole = try await CFixture.clean.build()
        for count in Array(0..<1024) + Array(stride(from: 1024, to: whole.count, by: 97)) {
            _ = try? ELFFile(Array(whole.prefix(count)))
        }
        #expect(throws: ELFError.self) { try ELFFile(Array(whole.prefix(whole.count / 2))) }
    }

    @Test("a file with changed bytes is read or refused, never a crash", arguments: 1...8 as ClosedRange<UInt64>)
    func mutated(seed: UInt64) async throws {
        let whole = try await CFixture.clean.build()
        var random = SeededNumbers(seed: seed)
        // The headers and tables that the reader walks through are in the first pages and in the dynamic segment.
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let near = Bool.random(using: &random) ? min(0x700, bytes.count) : bytes.count
                let offset = Int.random(in: 0..<near, using: &random)
                bytes[offset] =
                    [0, 1, 0x7f, 0x80, 0xff, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
            }
            _ = try? ELFFile(bytes)
        }
    }
}
