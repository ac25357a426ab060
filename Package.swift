// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One package, three build modes. In ordinary mode everything is built, for development and tests. With
// UNTOCHAT_EMBEDDED=1 only the confined programs are built, as Embedded Swift: no runtime, no dependencies and no
// SWIFT_* environment switches. With UNTOCHAT_SERVER=1 only the chat server is built, from Swift packages that lie in
// Dependencies/ as a source package carries them. The specs ship what those two modes make.
let embedded = Context.environment["UNTOCHAT_EMBEDDED"] == "1"
let serverOnly = Context.environment["UNTOCHAT_SERVER"] == "1"

// libFuzzer supplies `main` for these, so they are kept out of every other build.
let fuzzing = Context.environment["UNTOCHAT_FUZZ"] == "1"

// Where Embedded Swift keeps the library with the Unicode tables. The caller asks the compiler for it
// (swiftc -print-target-info); the place differs between distributions.
let embeddedLibraries = Context.environment["UNTOCHAT_EMBEDDED_LIBRARIES"]

let fuzzer = ["-sanitize=fuzzer,address"]

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
let confinedSwift: [SwiftSetting] =
    strict + (embedded ? [.enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo"])] : [])
    + (fuzzing ? [.unsafeFlags(fuzzer)] : [])
// The client's logic is large and seldom waits for itself; what it does for every character and every cell is in
// TerminalText and TerminalScreen.
let compactSwift = confinedSwift + (embedded ? [.unsafeFlags(["-Osize"])] : [])
// Generic functions of one target that another one calls are compiled for what they are called with. Without it the chat
// server spends twice the time on a message.
let whole: [SwiftSetting] =
    strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]
let confinedLinker: [LinkerSetting] =
    embedded
    ? [
        .unsafeFlags(embeddedLibraries.map { ["-L\($0)"] } ?? []),
        .linkedLibrary("swiftUnicodeDataTables"), .linkedLibrary("m"),
    ] : []
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

// What runs on the server, under a chat user's hands.
let confinedTargets: [Target] = [
    .target(name: "CPosix", cSettings: strictC),
    .systemLibrary(
        name: "CSELinux", pkgConfig: "libselinux", providers: [.apt(["libselinux1-dev"]), .yum(["libselinux-devel"])]),
    .target(
        name: "IRCProtocol",
        swiftSettings: confinedSwift
            + (embedded ? [] : [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))])),
    .target(name: "TerminalText", dependencies: ["IRCProtocol"], swiftSettings: confinedSwift),
    .target(name: "TerminalScreen", dependencies: ["TerminalText", "IRCProtocol"], swiftSettings: confinedSwift),
    .target(
        name: "ChatClient", dependencies: ["TerminalText", "TerminalScreen", "IRCProtocol"],
        swiftSettings: compactSwift),
    .target(name: "CNcurses", cSettings: strictC, linkerSettings: [.linkedLibrary("tinfo")]),
    .target(name: "CChatClient", cSettings: strictC, linkerSettings: [.linkedLibrary("seccomp")]),
    .target(name: "Confinement", dependencies: ["CPosix", "CSELinux"], swiftSettings: confinedSwift),
    .target(name: "RestrictedShell", dependencies: ["CPosix", "Confinement"], swiftSettings: confinedSwift),
    .executableTarget(
        name: "untosh", dependencies: ["RestrictedShell", "Confinement"], swiftSettings: confinedSwift,
        linkerSettings: confinedLinker),
    .executableTarget(
        name: "irssius",
        dependencies: ["ChatClient", "TerminalScreen", "Confinement", "CPosix", "CChatClient", "CNcurses"],
        swiftSettings: compactSwift, linkerSettings: confinedLinker),
]

// The administrator's tools, of the same make.
let diskPrograms = [
    "untochat-add-passphrase-to-luks-disks", "untochat-remove-passphrase-from-luks-disks", "untochat-kill-system",
]
let accountPrograms = ["untochat-add-user", "untochat-remove-user", "untochat-add-admin"]
let adminTargets: [Target] =
    [
        .systemLibrary(
            name: "CCryptsetup", pkgConfig: "libcryptsetup",
            providers: [.apt(["libcryptsetup-dev"]), .yum(["cryptsetup-devel"])]),
        .target(name: "CAdminTools", cSettings: strictC),
        .target(
            name: "AdminSupport", dependencies: ["DiskKeys", "CAdminTools", "CPosix"], swiftSettings: compactSwift),
        .target(name: "DiskKeys", swiftSettings: compactSwift),
        .target(
            name: "AdminTools", dependencies: ["DiskKeys", "AdminSupport", "CAdminTools", "CCryptsetup", "CPosix"],
            swiftSettings: compactSwift),
        .target(name: "Accounts", swiftSettings: compactSwift),
        .target(
            name: "AccountTools", dependencies: ["Accounts", "DiskKeys", "AdminSupport", "CAdminTools", "CPosix"],
            swiftSettings: compactSwift),
    ]
    + [(diskPrograms, "AdminTools"), (accountPrograms, "AccountTools")].flatMap { programs, library in
        programs.map { name in
            .executableTarget(
                name: name, dependencies: [.byName(name: library), "CPosix"], swiftSettings: compactSwift,
                linkerSettings: confinedLinker)
        }
    }

// What an administrator commands Tor with, of the same make.
let torPrograms = ["untochat-onion", "untochat-update"]
let torTargets: [Target] =
    [
        .target(name: "TorService", swiftSettings: compactSwift),
        .target(
            name: "CTorTools", dependencies: ["CPosix"], cSettings: strictC,
            linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "TorTools",
            dependencies: ["TorService", "AdminSupport", "DiskKeys", "CAdminTools", "CTorTools", "CPosix"],
            swiftSettings: compactSwift),
    ]
    + torPrograms.map { name in
        .executableTarget(
            name: name, dependencies: ["TorTools", "CPosix"], swiftSettings: compactSwift,
            linkerSettings: confinedLinker)
    }

// What runs on the server with the whole runtime: the chat server, which no chat user starts.
let chatServerTargets: [Target] = [
    .target(
        name: "ChatServer", dependencies: ["IRCProtocol"],
        swiftSettings: whole + (fuzzing ? [.unsafeFlags(fuzzer)] : []))
]
let daemonTargets: [Target] = [
    .target(name: "CChatDaemon", cSettings: strictC),
    .systemLibrary(
        name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"]), .yum(["libseccomp-devel"])]),
    .target(
        name: "ChatDaemon",
        dependencies: [
            "ChatServer", "Confinement", "CChatDaemon", "CSeccomp",
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        ],
        swiftSettings: whole),
    .executableTarget(name: "ngircdus", dependencies: ["ChatDaemon"], swiftSettings: whole),
]
// What leads from the installer's tarball to a server: runs on any Linux with glibc 2.34, so libcrypt is inside.
let installerTargets: [Target] = [
    .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"]), .yum(["libxcrypt-static"])]),
    .target(name: "CInstaller", cSettings: strictC),
    .target(name: "CKVMProbe", cSettings: strictC),
    .target(name: "KVMProbe", dependencies: ["CKVMProbe"], swiftSettings: strict),
    .target(
        name: "Installer", dependencies: ["CCrypt", "CInstaller", "CPosix", "KVMProbe"], swiftSettings: strict,
        linkerSettings: [.unsafeFlags(["-Xlinker", "-l:libcrypt.a"])]),
    .executableTarget(name: "untochat-setup", dependencies: ["Installer"], swiftSettings: strict),
]
// They travel in its source package, so each in exactly one version: otherwise a clone of next month would make other
// bytes of the same commit.
let serverPackages: KeyValuePairs<String, Version> = [
    "swift-nio": "2.101.2", "swift-atomics": "1.3.0", "swift-collections": "1.6.0", "swift-system": "1.8.1",
]

// What runs on the release manager's machine.
let releaseTargets: [Target] = [
    .systemLibrary(name: "CRPM", pkgConfig: "rpm", providers: [.apt(["librpm-dev"]), .yum(["rpm-devel"])]),
    .systemLibrary(
        name: "CElf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"]), .yum(["elfutils-libelf-devel"])]),
    .target(name: "CLinux", cSettings: strictC),
    .target(
        name: "ReleaseSupport",
        dependencies: [
            "CLinux",
            .product(name: "SystemPackage", package: "swift-system"),
            .product(name: "Subprocess", package: "swift-subprocess"),
        ],
        swiftSettings: strict),
    .target(
        name: "RPMKit",
        dependencies: ["CRPM", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system")],
        swiftSettings: strict),
    .target(
        name: "ELFKit", dependencies: ["CElf"], swiftSettings: strict),
    .target(
        name: "StrictYAML", dependencies: ["ReleaseSupport", .product(name: "Yams", package: "Yams")],
        swiftSettings: strict),
    .target(
        name: "PackageAudit", dependencies: ["ELFKit", "RPMKit", "ReleaseSupport", "StrictYAML"], swiftSettings: strict),
    .target(
        name: "PolicyAnalysis",
        dependencies: [
            "RPMKit", "ReleaseSupport", "StrictYAML", .product(name: "SystemPackage", package: "swift-system"),
        ],
        swiftSettings: strict),
    .target(
        name: "GnuPG",
        dependencies: ["ReleaseSupport", .product(name: "SystemPackage", package: "swift-system")],
        swiftSettings: strict),
    .target(
        name: "Repository",
        dependencies: ["GnuPG", "RPMKit", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system")],
        swiftSettings: strict),
    .target(
        name: "ReleasePipeline",
        dependencies: [
            "RPMKit", "PackageAudit", "GnuPG", "Repository", "ReleaseSupport",
            .product(name: "SystemPackage", package: "swift-system"),
        ],
        swiftSettings: strict),
    .target(
        name: "CommandSupport",
        dependencies: [
            "ReleasePipeline", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: strict),
    .executableTarget(
        name: "untochat",
        dependencies: [
            "CommandSupport", "ReleasePipeline", "PolicyAnalysis", "ReleaseSupport",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: strict),
    // The guest in QEMU that everything is tried in.
    .target(
        name: "Lab",
        dependencies: [
            "CLinux", "KVMProbe", "RPMKit", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system"),
        ],
        swiftSettings: strict),
    // A private Tor network on this machine.
    .target(
        name: "TorNetwork",
        dependencies: ["Lab", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system")],
        swiftSettings: strict),
    .executableTarget(
        name: "untochat-lab",
        dependencies: [
            "Lab", "CommandSupport", "ReleasePipeline", "ReleaseSupport",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: strict),
]

// What tries IRC servers from outside, over real sockets. None of it ships.
let ircTargets: [Target] = [
    .target(name: "IRCHarness", path: "Tests/IRCHarness", swiftSettings: strict),
    .target(name: "CLoadSockets", path: "Tests/CLoadSockets", cSettings: strictC),
    .executableTarget(
        name: "irc-load",
        dependencies: [
            "BenchmarkSupport", "CLoadSockets", "IRCHarness",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/irc-load", swiftSettings: strict),
    .executableTarget(
        name: "irc-bench",
        dependencies: [
            "BenchmarkSupport", "IRCHarness", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/irc-bench", swiftSettings: strict),
    .target(
        name: "IRCConformance", dependencies: ["IRCHarness"], path: "Tests/IRCConformance", swiftSettings: strict),
    .executableTarget(
        name: "irc-conformance",
        dependencies: [
            "IRCConformance", "IRCHarness", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/irc-conformance", swiftSettings: strict),
    .testTarget(
        name: "IRCConformanceTests", dependencies: ["IRCConformance", "IRCHarness"], swiftSettings: strict),
    .testTarget(
        name: "IRCClientTests", dependencies: ["IRCHarness"], exclude: ["conversation.py"], swiftSettings: strict),
    .testTarget(
        name: "IRCScreenTests", dependencies: ["ChatClient", "IRCHarness", "irssius"],
        exclude: ["clock.c", "intended-differences.txt"], swiftSettings: strict),
    .testTarget(
        name: "IRCDifferenceTests", dependencies: ["IRCHarness", "TestNumbers"], exclude: ["intended-differences.txt"],
        swiftSettings: strict),
]

// In the lab's guest a probe is started a thousand times, and loading and relocating libraries takes most of its time there.
// Where these two can be linked into it, they are: on Debian always, on Fedora with glibc-static and libseccomp-static.
let wholly =
    ["/usr/lib/x86_64-linux-gnu", "/usr/lib64"].contains { folder in
        ["libc.a", "libseccomp.a"].allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    } ? ["-static", "-Qunused-arguments"].flatMap { ["-Xclang-linker", $0] } : []

let testTargets: [Target] = [
    .target(name: "TestNumbers", path: "Tests/TestNumbers", swiftSettings: strict),
    .target(name: "BenchmarkSupport", path: "Tests/BenchmarkSupport", swiftSettings: strict),
    // What the chat server's state machine does in a second; a tool for measuring, not shipped.
    .executableTarget(
        name: "chat-server-benchmark", dependencies: ["BenchmarkSupport", "ChatServer"],
        path: "Tests/ChatServerBenchmark",
        swiftSettings: strict),
    // What more than one test target needs: programs and packages that break one rule each.
    .target(
        name: "AuditFixtures",
        dependencies: [
            "PackageAudit", "RPMKit", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system"),
        ],
        path: "Tests/AuditFixtures", swiftSettings: strict),
    .target(name: "CTestHarness", path: "Tests/CTestHarness", cSettings: strictC),
    .executableTarget(
        name: "untosh-probe", path: "Tests/untosh-probe", cSettings: strictC,
        // It runs where no Swift library can be found.
        linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]),
    // untosh and irssius as packages have them, on real terminals, as real users.
    .testTarget(
        name: "ConfinedProgramTests",
        dependencies: [
            "CTestHarness", "IRCHarness", "TerminalFixtures", "TerminalScreen", "TestNumbers", "untosh-probe",
        ],
        swiftSettings: strict),
    // Stands where one of the confined programs should be, and tries to get out; see docs/escape-matrix.md. No test target
    // names the two programs: they would be linked into the tests, with their flags.
    .target(
        name: "EscapeProbe", path: "Tests/EscapeProbe", cSettings: strictC,
        linkerSettings: [.linkedLibrary("seccomp")]),
    .executableTarget(
        name: "escape-probe", dependencies: ["EscapeProbe", "CPosix", "CChatClient"], path: "Tests/escape-probe",
        cSettings: strictC,
        linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"] + wholly)]),
    .executableTarget(
        name: "escape-probe-daemon", dependencies: ["EscapeProbe", "ChatDaemon", "CChatDaemon"],
        path: "Tests/escape-probe-daemon", swiftSettings: strict,
        linkerSettings: [.unsafeFlags(["-static-stdlib", "-Xlinker", "-s"])]),
    // What may come of each attempt, as data; reads what the probe says and judges it.
    .target(
        name: "EscapeMatrix",
        dependencies: ["ReleaseSupport", "StrictYAML"], path: "Tests/EscapeMatrix",
        exclude: ["guest.sh", "matrix.yaml"], swiftSettings: strict),
    .executableTarget(
        name: "escape-matrix",
        dependencies: ["EscapeMatrix", .product(name: "ArgumentParser", package: "swift-argument-parser")],
        path: "Tests/escape-matrix", swiftSettings: strict),
    .testTarget(
        name: "EscapeMatrixTests", dependencies: ["EscapeMatrix", "ReleaseSupport"],
        swiftSettings: strict),
    .testTarget(name: "ConfinementTests", dependencies: ["Confinement"], swiftSettings: strict),
    .testTarget(name: "DiskKeysTests", dependencies: ["DiskKeys", "TestNumbers"], swiftSettings: strict),
    .target(name: "CStepper", path: "Tests/CStepper", cSettings: strictC),
    .testTarget(
        name: "AdminToolsTests",
        dependencies: ["AdminTools", "AdminSupport", "AccountTools", "CStepper"]
            + (diskPrograms + accountPrograms).map { .target(name: $0) },
        swiftSettings: strict),
    .testTarget(name: "AccountsTests", dependencies: ["Accounts"], swiftSettings: strict),
    .testTarget(name: "TorServiceTests", dependencies: ["TorService"], swiftSettings: strict),
    .testTarget(name: "RestrictedShellTests", dependencies: ["RestrictedShell"], swiftSettings: strict),
    // A terminal for tests that takes only what the painter may send.
    .target(
        name: "TerminalFixtures", dependencies: ["TerminalText", "TerminalScreen", "TestNumbers"],
        path: "Tests/TerminalFixtures",
        swiftSettings: strict),
    .testTarget(
        name: "TerminalTextTests", dependencies: ["TerminalText", "TerminalFixtures", "TestNumbers"],
        swiftSettings: strict),
    .testTarget(
        name: "TerminalScreenTests",
        dependencies: ["TerminalScreen", "TerminalText", "TerminalFixtures", "TestNumbers"],
        swiftSettings: strict),
    .testTarget(
        name: "ChatClientTests",
        dependencies: [
            "ChatClient", "TerminalScreen", "TerminalText", "IRCProtocol", "TerminalFixtures", "TestNumbers",
        ],
        swiftSettings: strict),
    // Tries what the walls of irssius forbid, with some of them up.
    .executableTarget(
        name: "irssius-walls", dependencies: ["CChatClient"], path: "Tests/irssius-walls", cSettings: strictC),
    .testTarget(
        name: "IrssiusTests", dependencies: ["irssius", "irssius-walls", "IRCHarness"], swiftSettings: strict),
    // What the chat client does in a second, and a million hostile lines; a tool for measuring, not shipped.
    .executableTarget(
        name: "chat-client-benchmark",
        dependencies: ["BenchmarkSupport", "ChatClient", "TerminalScreen", "TerminalFixtures", "TestNumbers"],
        path: "Tests/ChatClientBenchmark", swiftSettings: strict),
    // irssius and irssi beside each other, each on a terminal and with a server that holds the watch.
    .executableTarget(
        name: "irssius-bench",
        dependencies: [
            "BenchmarkSupport", "CTestHarness", "IRCHarness",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "Tests/irssius-bench", swiftSettings: strict),
    .executableTarget(
        name: "chat-probe", dependencies: ["ChatDaemon", "CChatDaemon"], path: "Tests/chat-probe",
        swiftSettings: strict),
    .testTarget(
        name: "ChatDaemonTests", dependencies: ["ChatDaemon", "CChatDaemon", "ngircdus", "chat-probe", "IRCHarness"],
        swiftSettings: strict),
    .testTarget(name: "IRCProtocolTests", dependencies: ["IRCProtocol", "TestNumbers"], swiftSettings: strict),
    .testTarget(
        name: "ChatServerTests", dependencies: ["ChatServer", "IRCProtocol", "TestNumbers"], exclude: ["Recordings"],
        swiftSettings: strict),
    // Python programs that tests use, from PyPI.
    .target(
        name: "PythonTools",
        dependencies: ["ReleaseSupport", .product(name: "SystemPackage", package: "swift-system")],
        path: "Tests/PythonTools", exclude: ["ansible.txt"], swiftSettings: strict),
    // What Fedora's installer reads in a kickstart, by the library that it reads with.
    .target(
        name: "KickstartReading",
        dependencies: ["ReleaseSupport", "PythonTools", .product(name: "SystemPackage", package: "swift-system")],
        path: "Tests/KickstartReading", exclude: ["readback.py", "requirements.txt", "build-requirements.txt"],
        swiftSettings: strict),
    // pykickstart reads what we write; untochat-setup is here as a program.
    .testTarget(
        name: "InstallerTests",
        dependencies: [
            "Installer", "untochat-setup", "GnuPG", "KVMProbe", "KickstartReading", "ReleaseSupport", "CTestHarness",
            "IRCHarness", "PythonTools", .product(name: "SystemPackage", package: "swift-system"),
        ],
        exclude: ["stand-in-init"], swiftSettings: strict),
    .testTarget(name: "ReleaseSupportTests", dependencies: ["ReleaseSupport"], swiftSettings: strict),
    // untochat is here as a program: librpm parses specs in a child process only.
    .testTarget(
        name: "RPMKitTests",
        dependencies: [
            "RPMKit", "ReleasePipeline", "GnuPG", "ReleaseSupport", "AuditFixtures", "TestNumbers", "untochat",
        ],
        swiftSettings: strict),
    .testTarget(
        name: "ELFKitTests", dependencies: ["ELFKit", "ReleaseSupport", "AuditFixtures", "TestNumbers"],
        swiftSettings: strict),
    .testTarget(
        name: "PackageAuditTests",
        dependencies: ["PackageAudit", "ELFKit", "RPMKit", "ReleaseSupport", "AuditFixtures"], swiftSettings: strict),
    // Links the policy with this machine's base policy: `make policy`.
    .testTarget(
        name: "PolicyTests",
        dependencies: ["PolicyAnalysis", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system")],
        swiftSettings: strict),
    // Boots guests where they are asked for: UNTOCHAT_LAB=1.
    .testTarget(
        name: "LabTests",
        dependencies: [
            "Lab", "EscapeMatrix", "Installer", "KickstartReading", "IRCHarness", "PythonTools", "ReleaseSupport",
            "untochat-setup",
            .product(name: "SystemPackage", package: "swift-system"),
        ],
        swiftSettings: strict),
    // What untochat-server installs, before sshd, nft in a network namespace, and systemd-analyze: as root, `make server`.
    .testTarget(
        name: "ServerTests",
        dependencies: [
            "Lab", "ReleaseSupport", .product(name: "SystemPackage", package: "swift-system"),
        ],
        exclude: ["sshd.txt"], swiftSettings: strict),
    .testTarget(name: "GnuPGTests", dependencies: ["GnuPG", "ReleaseSupport"], swiftSettings: strict),
    .testTarget(
        name: "RepositoryTests", dependencies: ["Repository", "GnuPG", "RPMKit", "ReleaseSupport"],
        swiftSettings: strict),
    // The built orchestrator as a release manager meets it: UNTOCHAT_INTEGRATION=1 UNTOCHAT_BINARY=….
    .testTarget(
        name: "ReleaseBehaviourTests",
        dependencies: ["ReleasePipeline", "PackageAudit", "ReleaseSupport", "AuditFixtures"], swiftSettings: strict),
    .testTarget(
        name: "ReleasePipelineTests", dependencies: ["ReleasePipeline", "ReleaseSupport"], swiftSettings: strict),
    // A finished release before dnf, before a stranger and before an attacker. Only where it is asked for; see Subject.
    .testTarget(
        name: "IntegrationTests",
        dependencies: [
            "ReleasePipeline", "Repository", "RPMKit", "GnuPG", "Confinement", "ReleaseSupport", "Lab", "TorNetwork",
            "untochat-onion", "untochat-update", .product(name: "SystemPackage", package: "swift-system"),
        ],
        swiftSettings: strict),
]

let fuzzTargets: [Target] =
    [.target(name: "FuzzDriver", path: "Fuzz/FuzzDriver", cSettings: strictC)]
    + ["FuzzLineReader", "FuzzSituation"].map { name in
        .executableTarget(
            name: name, dependencies: ["FuzzDriver", "RestrictedShell", "Confinement"], path: "Fuzz/\(name)",
            exclude: [name + ".seed"], swiftSettings: confinedSwift + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(fuzzer + ["-use-ld=lld"])])
    }
    + [
        .target(name: "TestNumbers", path: "Tests/TestNumbers", swiftSettings: confinedSwift),
        .target(
            name: "TerminalFixtures", dependencies: ["TerminalText", "TerminalScreen", "TestNumbers"],
            path: "Tests/TerminalFixtures",
            swiftSettings: confinedSwift),
        .target(
            name: "FuzzScreen", dependencies: ["ChatClient", "TerminalFixtures", "TerminalScreen"],
            path: "Fuzz/FuzzScreen", swiftSettings: confinedSwift),
    ]
    + ["FuzzChatClient", "FuzzClientConfiguration", "FuzzPainter", "FuzzInput"].map { name in
        .executableTarget(
            name: name, dependencies: ["FuzzDriver", "FuzzScreen", "ChatClient", "TerminalScreen", "TerminalText"],
            path: "Fuzz/\(name)", exclude: [name + ".seed"],
            swiftSettings: confinedSwift + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(fuzzer + ["-use-ld=lld"])])
    }
    + chatServerTargets
    + ["FuzzChatServer", "FuzzChatConfiguration"].map { name in
        .executableTarget(
            name: name, dependencies: ["FuzzDriver", "ChatServer"], path: "Fuzz/\(name)",
            exclude: [name + ".seed", "dictionary.txt"],
            swiftSettings: confinedSwift + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(fuzzer + ["-use-ld=lld"])])
    }

// A source package carries the targets of its own component and no others.
func isHere(_ target: Target) -> Bool {
    FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Sources/\(target.name)")
}

let dependencies: [Package.Dependency] =
    if embedded || fuzzing {
        []
    } else if serverOnly {
        // untochat-setup needs none of them, and its source package has none.
        serverPackages.map { "Dependencies/\($0.key)" }
            .filter { FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\($0)") }
            .map { .package(path: $0) }
    } else {
        serverPackages.map { .package(url: "https://github.com/apple/\($0.key)", exact: $0.value) } + [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
            .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
            .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        ]
    }

let targets: [Target] =
    if fuzzing {
        confinedTargets + fuzzTargets
    } else if embedded {
        (confinedTargets + adminTargets + torTargets).filter(isHere)
    } else if serverOnly {
        (confinedTargets + chatServerTargets + daemonTargets + installerTargets).filter(isHere)
    } else {
        confinedTargets + adminTargets + torTargets + chatServerTargets + daemonTargets + installerTargets
            + releaseTargets + ircTargets + testTargets
    }

let package = Package(name: "untochat", dependencies: dependencies, targets: targets)
