import Foundation
import ReleaseSupport
public import SystemPackage

/// A small C program that a test compiles: a real ELF file with a known flaw or none.
public struct CFixture: Sendable {
    /// The program's text.
    public var source: String
    /// Options for the compiler proper. Later ones win.
    public var compile: [String]
    /// Options for the linker, by way of the compiler. Later ones win.
    public var link: [String]
    /// Whether the section stays in which compilers and linkers name themselves.
    public var namesCompilers = false

    /// The options that a clean program is built with: the same protection that the specs ask for.
    public static let hardenedCompile = [
        "-O2", "-Wall", "-Werror", "-fstack-protector-strong", "-fstack-clash-protection", "-fcf-protection=full",
        "-fPIE", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3",
    ]
    /// As `hardenedCompile`, for the linker.
    public static let hardenedLink = [
        "-fuse-ld=lld", "-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack", "-Wl,-z,separate-code",
        "-Wl,--build-id=sha1", "-Wl,--as-needed", "-Wl,-s",
    ]

    /// A program that passes every check: it has an array on its stack and a C call to fortify.
    public static let clean = CFixture(
        source: """
            #include <stdio.h>
            int main(int count, char **arguments) {
                char line[64] = "";
                if (count > 1) snprintf(line, sizeof line, "%s", arguments[1]);
                return puts(line) < 0;
            }
            """)

    /// A program with the hardened options.
    public init(source: String, compile: [String] = hardenedCompile, link: [String] = hardenedLink) {
        self.source = source
        self.compile = compile
        self.link = link
    }

    /// The same with more options, which override the hardened ones.
    public func with(compile: [String] = [], link: [String] = [], adding text: String = "") -> CFixture {
        CFixture(source: source + "\n" + text, compile: self.compile + compile, link: self.link + link)
    }

    /// The same with the names of its compilers inside.
    public var namingCompilers: CFixture {
        var copy = self
        copy.namesCompilers = true
        return copy
    }

    /// The finished program.
    public func build() async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            try Files.write(source, to: folder.appending("main.c"))
            let command = Command("clang", compile + ["main.c", "-o", "program"] + link)
            try await command.with { $0.directory = folder }.output(.compile)
            if !namesCompilers {
                try await Command("objcopy", ["--remove-section=.comment", "program"])
                    .with { $0.directory = folder }.output(.compile)
            }
            return try Files.read(folder.appending("program"))
        }
    }
}

/// Gives `body` a folder of its own that is gone afterwards.
public func withTemporaryFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let name = "untochat-test-\(UInt64.random(in: 0 ... .max))"
    let folder = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
    try Files.makeFolder(folder)
    defer { try? Files.remove(folder) }
    return try await body(folder)
}
