public import PackageAudit

/// A program that breaks exactly one rule.
public struct ELFFlaw: Sendable, CustomStringConvertible {
    public let check: Check
    /// What was done to the program, in a few words.
    public let title: String
    /// What the finding's reason says.
    public let reason: String
    /// How to make it.
    public let program: CFixture
    /// What is done to the finished file.
    public let afterwards: @Sendable ([UInt8]) -> [UInt8]

    init(
        _ check: Check, _ title: String, reason: String, _ program: CFixture,
        afterwards: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
    ) {
        self.check = check
        self.title = title
        self.reason = reason
        self.program = program
        self.afterwards = afterwards
    }

    public var description: String { "\(check.rawValue), \(title)" }

    /// The finished file.
    public func build() async throws -> [UInt8] { afterwards(try await program.build()) }

    /// Where a program lies for which `declaration` speaks.
    public static let path = "/opt/bin/fixture"

    /// The declaration that the clean program keeps.
    public static let declaration = """
        sources: [Package.swift]
        embedded: true
        binaries:
          /opt/bin/fixture:
            needs: [libc.so.6]
            sizeLimit: 65536
        """

    /// The target that the clean program fits.
    public static let target = """
        interpreter: /lib64/ld-linux-x86-64.so.2
        libraries:
          libc.so.6: [GLIBC_2.34, GLIBC_ABI_DT_RELR]
          libm.so.6: [GLIBC_2.34]
        """

    /// What the builder's machine is called in these tests.
    public static let needles = LeakNeedle.needles(
        buildFolders: ["/srv/factory"], home: "/home/joanna", user: "joanna", host: "tardis.example.org",
        timeZone: "Europe/Berlin")

    /// A policy that the clean program satisfies. Every check applies under it.
    public static func policy() throws -> AuditPolicy {
        AuditPolicy(
            component: try ComponentDeclaration(yaml: declaration, file: "specs/fixture.yaml"),
            target: try TargetCapabilities(yaml: target, file: "rpmbuild/targets/fixture.yaml"), needles: needles,
            buildTime: 1_700_000_000)
    }

    private static func text(_ text: String) -> CFixture {
        .clean.with(adding: "__attribute__((used)) static const char trace[] = \"\(text)\";")
    }

    /// Every flaw, at least one a check of `Check.ofELF`.
    public static let all: [ELFFlaw] = [
        ELFFlaw(.readable, "cut short", reason: "not a sound ELF file", .clean) { Array($0.prefix($0.count / 2)) },
        ELFFlaw(
            .pie, "linked at a fixed address", reason: "fixed address",
            .clean.with(compile: ["-fno-pie"], link: ["-no-pie"])),
        ELFFlaw(.relro, "without RELRO", reason: "PT_GNU_RELRO", .clean.with(link: ["-Wl,-z,norelro"])),
        ELFFlaw(.bindNow, "bound lazily", reason: "immediate binding is missing", .clean.with(link: ["-Wl,-z,lazy"])),
        ELFFlaw(
            .stack, "with an executable stack", reason: "its stack is executable",
            .clean.with(link: ["-Wl,-z,execstack"])),
        ELFFlaw(
            .runpath, "with a RUNPATH", reason: "RUNPATH is '/opt/lib'",
            .clean.with(link: ["-Wl,--enable-new-dtags,-rpath,/opt/lib"])),
        ELFFlaw(
            .runpath, "with an RPATH", reason: "RPATH is '$ORIGIN'",
            .clean.with(link: ["-Wl,--disable-new-dtags,-rpath,$ORIGIN"])),
        ELFFlaw(
            .textRelocations, "with an address in its code", reason: "relocates its own code",
            .clean.with(link: ["-Wl,-z,notext"], adding: "__asm__(\".text\\n.quad main\\n\");")),
        ELFFlaw(
            .writableExecutable, "with a writable code section", reason: "writable and executable",
            .clean.with(adding: "__asm__(\".section .wx,\\\"awx\\\",@progbits\\n.quad 0\\n.text\\n\");")),
        ELFFlaw(
            .stackProtector, "without canaries", reason: "stack canary",
            .clean.with(compile: ["-fno-stack-protector"])),
        ELFFlaw(
            .fortify, "with plain snprintf", reason: "calls snprintf unfortified",
            .clean.with(compile: ["-U_FORTIFY_SOURCE"])),
        ELFFlaw(
            .neededLibraries, "linked to libm too", reason: "it needs libm.so.6",
            .clean.with(link: ["-Wl,--no-as-needed", "-lm"])),
        ELFFlaw(
            .symbolVersions, "calling a function of glibc 2.36", reason: "GLIBC_2.36 of libc.so.6 (arc4random)",
            .clean.with(
                adding: """
                    unsigned arc4random(void);
                    __attribute__((constructor)) static void start(void) { if (arc4random() == 1) puts("1"); }
                    """)),
        ELFFlaw(
            .size, "with 128 KiB of ballast", reason: "65536 are allowed",
            .clean.with(adding: "__attribute__((used)) static const char ballast[131072] = {1};")),
        ELFFlaw(
            .testSwitches, "that knows a switch for tests", reason: "test switch 'UNTOCHAT_TEST_CONTEXT'",
            text("UNTOCHAT_TEST_CONTEXT")),
        ELFFlaw(
            .runtimeSwitches, "that obeys SWIFT_BACKTRACE", reason: "environment variable SWIFT_BACKTRACE",
            text("SWIFT_BACKTRACE")),
        ELFFlaw(
            .stripped, "with its symbol table", reason: "symbol table",
            CFixture(source: CFixture.clean.source, link: CFixture.hardenedLink.filter { $0 != "-Wl,-s" })),
        ELFFlaw(
            .leaks, "that names the build folder", reason: "the builder's build folder",
            text("/srv/factory/Sources/main.c")),
        ELFFlaw(.leaks, "that names the builder", reason: "the builder's user name", text("built by joanna")),
        ELFFlaw(.leaks, "that names the machine", reason: "the builder's host name", text("tardis")),
        ELFFlaw(.leaks, "that names the time zone", reason: "the builder's time zone", text("Europe/Berlin")),
        ELFFlaw(
            .leaks, "that names a folder nobody told of", reason: "a path of a build machine",
            text("/home/max/src/main.c")),
        ELFFlaw(.leaks, "that names its compilers", reason: "it names what it was built with", .clean.namingCompilers),
    ]
}
