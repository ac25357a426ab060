import Foundation
import ReleaseSupport
import SystemPackage

/// The library that Fedora's installer reads kickstarts with, in a folder of its own below .build.
struct Pykickstart {
    static let tests = FilePath(#filePath).removingLastComponent()
    static let root = tests.removingLastComponent().removingLastComponent()

    /// One installation for all tests of this process.
    private static let installation = Task { try await install() }
    private let folder: FilePath

    init() async throws { folder = try await Self.installation.value }

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
            let output = try await Command(folder.appending("bin/python").string, [script, "F\(release)"])
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
                folder.appending("bin/ksvalidator").string, ["--firsterror", "--version", "F\(release)", file.string]
            ).run(.verify)
            let said = outcome.text + outcome.errorText
            return outcome.succeeded && !said.contains("arning") ? nil : said
        }
    }
}
