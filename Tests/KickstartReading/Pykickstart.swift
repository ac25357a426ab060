import Foundation
import PythonTools
import ReleaseSupport
public import SystemPackage

/// The library that Fedora's installer reads kickstarts with, in a folder of its own below .build.
public struct Pykickstart {
    private static let tests = FilePath(#filePath).removingLastComponent()
    /// The checkout.
    public static let root = PythonEnvironment.root

    /// One installation for all tests of this process.
    private static let installation = Task {
        try await PythonEnvironment(
            "pykickstart",
            [
                .init(tests.appending("build-requirements.txt")),
                .init(tests.appending("requirements.txt"), options: ["--no-build-isolation"]),
            ])
    }
    private let python: PythonEnvironment

    /// Finds the library, or installs it.
    public init() async throws { python = try await Self.installation.value }

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
            let output = try await Command(python.program("python"), [script, "F\(release)"])
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
                python.program("ksvalidator"), ["--firsterror", "--version", "F\(release)", file.string]
            ).run(.verify)
            let said = outcome.text + outcome.errorText
            return outcome.succeeded && !said.contains("arning") ? nil : said
        }
    }
}
