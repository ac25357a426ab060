import Foundation
import ReleaseSupport
public import SystemPackage

/// The library that Fedora's installer reads kickstarts with, in a folder of its own below .build.
public struct Pykickstart {
    private static let tests = FilePath(#filePath).removingLastComponent()
    /// The checkout.
    public static let root = tests.removingLastComponent().removingLastComponent()

    /// One installation for all tests of this process.
    private static let installation = Task { try await install() }
    private let folder: FilePath

    /// Finds the library, or installs it.
    public init() async throws { folder = try await Self.installation.value }

    /// pip fetches what is not there, by hashes alone, and runs nobody's code but what the hashes stand for.
    private static func install() async throws -> FilePath {
        let requirements = try Files.text(tests.appending("requirements.txt"))
        let folder = root.appending(".build/pykickstart-venv")
        let mark = folder.appending("requirements.txt")
        if (try? Files.text(mark)) == requirements { return folder }
        try Files.remove(folder)
        try await Command("python3", ["-m", "venv", folder.string]).output(.setup)
        let pip = folder.appending("bin/pip").string
        for (file, extra) in [("build-requirements.txt", [String]()), ("requirements.txt", ["--no-build-isolation"])] {
            let arguments = ["install", "--quiet", "--no-deps", "--require-hashes"] + extra
            try await Command(pip, arguments + ["--requirement", tests.appending(file).string]).output(
                .setup, hint: "pykickstart comes from PyPI: this test needs the network once")
        }
        try Files.write(requirements, to: mark)
        return folder
    }

    /// What the installer would take from a kickstart.
    public struct Reading: Decodable, Sendable {
        public var error: String?
        public var passphrases: [String]?
        public var encrypted: [String]?
        public var formats: [[String]]?
        public var plain: [String]?
        public var volumes: [[String]]?
        public var timeZone: String?
        public var keymap: String?
        public var packages: [String]?
        public var rootLocked: Bool?
        public var startsGraphics: Bool?
        public var mirrors: String?
        public var usesMedium: Bool?
        public var users: [User]?
        public var scripts: [Script]?
        public var services: [String]?
        public var hostName: String?
        public var storage: Storage?

        public struct User: Decodable, Sendable {
            public var name: String
            public var password: String
            public var isCrypted: Bool
            public var groups: [String]
            public init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                name = try list.decode(String.self)
                password = try list.decode(String.self)
                isCrypted = try list.decode(Bool.self)
                groups = try list.decode([String].self)
            }
        }
        public struct Script: Decodable, Sendable {
            public var type: Int
            public var stopsOnFailure: Bool
            public var interpreter: String
            public var body: String
            public var isInNewSystem: Bool
            public var log: String
            public init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                type = try list.decode(Int.self)
                stopsOnFailure = try list.decode(Bool.self)
                interpreter = try list.decode(String.self)
                body = try list.decode(String.self)
                isInNewSystem = try list.decode(Bool.self)
                log = try list.decode(String.self)
            }
        }
    }

    /// Reads every one of `texts` as the installer of `release` ("44") does.
    public func read(_ texts: [String], release: String = "45") async throws -> [Reading] {
        try await TemporaryFolder.with { work in
            var names = ""
            for (index, text) in texts.enumerated() {
                let file = work.appending("\(index).ks")
                try Files.write(text, to: file)
                names += "\(file)\n"
            }
            let script = Self.tests.appending("readback.py").string
            let output = try await Command(folder.appending("bin/python").string, [script, "F\(release)"])
                .with { $0.input = Array(names.utf8) }.output(.verify)
            return try output.split(separator: "\n").map {
                try JSONDecoder().decode(Reading.self, from: Data($0.utf8))
            }
        }
    }

    /// What ksvalidator says of `text`; nil where it finds nothing.
    public func validate(_ text: String, release: String) async throws -> String? {
        try await TemporaryFolder.with { work in
            let file = work.appending("untochat.ks")
            try Files.write(text, to: file)
            let outcome = try await Command(
                folder.appending("bin/ksvalidator").string, ["--firsterror", "--version", "F\(release)", file.string]
            ).run(.verify)
            let said = outcome.text + outcome.errorText
            return outcome.succeeded && !said.contains("arning") ? nil : said
        }
    }
}
