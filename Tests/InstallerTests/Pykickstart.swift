import Foundation
import PythonTools
import ReleaseSupport
import SystemPackage

/// The library that Fedora's installer reads kickstarts with, in a folder of its own below .build.
struct Pykickstart {
    static let tests = FilePath(#filePath).removingLastComponent()
    static let root = PythonEnvironment.root

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

    init() async throws { python = try await Self.installation.value }

    /// What the installer would take from a kickstart.
    struct Reading: Decodable {
        var error: String?
        var passphrases: [String]?
        var encrypted: [String]?
        var formats: [[String]]?
        var plain: [String]?
        var volumes: [[String]]?
        var timeZone: String?
        var keymap: String?
        var packages: [String]?
        var rootLocked: Bool?
        var startsGraphics: Bool?
        var mirrors: String?
        var usesMedium: Bool?
        var users: [User]?
        var scripts: [Script]?

        struct User: Decodable {
            var name: String
            var password: String
            var isCrypted: Bool
            var groups: [String]
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                name = try list.decode(String.self)
                password = try list.decode(String.self)
                isCrypted = try list.decode(Bool.self)
                groups = try list.decode([String].self)
            }
        }
        struct Script: Decodable {
            var type: Int
            var stopsOnFailure: Bool
            var interpreter: String
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                type = try list.decode(Int.self)
                stopsOnFailure = try list.decode(Bool.self)
                interpreter = try list.decode(String.self)
            }
        }
    }

    /// Reads every one of `texts` as the installer of `release` ("44") does.
    func read(_ texts: [String], release: String = "45") async throws -> [Reading] {
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
    func validate(_ text: String, release: String) async throws -> String? {
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
