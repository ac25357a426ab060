import Foundation
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("Keys") struct KeyUse {
        @Test(
            "a weak or dead key is refused with the reason, and nothing is built or written",
            arguments: [
                ("rsa2048", "never", [], "RSA of 2048 bits is too short"),
                ("dsa2048", "never", [], "DSA keys are not accepted"),
                ("ed25519", "1d", ["--faked-system-time", "20200101T000000"], "it is expired"),
            ] as [(String, String, [String], String)])
        func refused(algorithm: String, expires: String, options: [String], reason: String) async throws {
            try await Clone.with(.unbuilt) { clone in
                let keys = try Keys(for: clone)
                let key = try await keys.make(algorithm, "A <a@example.org>", expires: expires, options: options)
                let ended = try await clone.run(["release", "--key", key], environment: keys.environment)
                #expect(
                    ended.status == 1 && ended.errors.contains(reason) && ended.errors.contains("hint:"), "\(ended)")
                let made = try Files.names(in: clone.output)
                #expect(made == [".lock", "gnupg", "macros", "targets"], "\(made)")
                #expect(clone.strays() == [])
            }
        }

        @Test(
            "an Ed25519 or RSA 3072 key signs everything, and untochat-release carries it",
            arguments: ["ed25519", "rsa3072"])
        func accepted(algorithm: String) async throws {
            try await Clone.with(.built) { clone in
                let keys = try Keys(for: clone)
                let key = try await keys.make(algorithm, "A <a@example.org>")
                // Once by the option and once by the environment.
                let ended =
                    algorithm == "ed25519"
                    ? try await clone.run(["release", "--key", key], environment: keys.environment)
                    : try await clone.run(
                        ["release"], environment: keys.environment.merging(["UNTOCHAT_KEY": "a@example.org"]) { $1 })
                #expect(ended.status == 0 && !ended.output.contains("DEVELOPMENT"), "\(ended)")
                let report = try clone.readReport()
                #expect(report.signedBy?.fingerprint == key && report.signedBy?.development == false)
                #expect(try await clone.packagedKey() == key)
                #expect(try await Keys.fingerprint(of: clone.repository.appending("RPM-GPG-KEY-untochat")) == key)
                let file = clone.folder.appending("key.asc")
                try await keys.export(key, to: file)
                try await keys.endAgent()
                let verified = try await clone.run(["verify", clone.repository.string, "--key", file.string])
                #expect(verified.status == 0, "\(verified)")
                #expect(clone.strays() == [])
            }
        }

        @Test("with a real key a tree that differs from its commit is refused, unless that is allowed")
        func dirty() async throws {
            try await Clone.with(.built) { clone in
                let keys = try Keys(for: clone)
                let key = try await keys.make("ed25519", "A <a@example.org>")
                try clone.append("A note.", to: "NOTE")
                let arguments = ["release", "--key", key]
                let ended = try await clone.run(arguments, environment: keys.environment)
                #expect(ended.status == 1 && ended.errors.contains("NOTE"), "\(ended)")
                #expect(try await clone.results().isEmpty)
                let allowed = try await clone.run(arguments + ["--allow-uncommitted"], environment: keys.environment)
                #expect(allowed.status == 0 && allowed.output.contains("The sources differ from commit"), "\(allowed)")
                #expect(try clone.readReport().uncommittedChanges)
            }
        }

        @Test("a release with the throwaway key says so loudly, and the key's home is shut to others")
        func development() async throws {
            try await Clone.with(.released) { clone in
                // A home of its own making, not the one that tests share.
                try Files.remove(clone.output.appending("gnupg"))
                let ended = try await clone.run(["release"], environment: ["UNTOCHAT_KEY": ""])
                #expect(ended.status == 0 && ended.output.contains("\nDEVELOPMENT-SIGNED"), "\(ended)")
                #expect(try clone.readReport().signedBy?.development == true)
                let mode = try await Command("stat", ["-c", "%a", clone.output.appending("gnupg").string]).output(
                    .setup)
                #expect(mode == "700\n")
                for arguments in [
                    ["verify", clone.repository.string], ["build"], ["sign", "rpmbuild/RPMS"], ["publish"],
                    ["audit", "rpmbuild/RPMS"],
                ] {
                    let ended = try await clone.run(arguments)
                    #expect(ended.status == 0, "\(ended)")
                    if arguments[0] == "sign" { #expect(ended.output.contains("\nDEVELOPMENT-SIGNED")) }
                    #expect(clone.strays() == [], "after \(arguments)")
                }
            }
        }

        @Test(
            "a key that is not there, or a text that is no key, is refused",
            arguments: ["b@example.org", "a b", "0x12"])
        func missing(id: String) async throws {
            try await Clone.with(.unbuilt) { clone in
                let keys = try Keys(for: clone)
                let ended = try await clone.run(["release", "--key", id], environment: keys.environment)
                #expect(ended.status == 1 && ended.errors.contains("'\(id)'"), "\(ended)")
                #expect(try await clone.results().isEmpty)
                #expect(clone.strays() == [])
            }
        }

        // MARK: - Passphrases

        private static let passphrase = "correct-horse-\(UInt32.random(in: 0 ... .max))"

        @Test("a passphrase that gpg-agent knows is enough, and no process and no file ever shows it")
        func passphrase() async throws {
            try await Clone.with(.built) { clone in
                let keys = try Keys(for: clone)
                try Files.write(
                    "allow-preset-passphrase\npinentry-program /bin/false\n", to: keys.home.appending("gpg-agent.conf"))
                let key = try await keys.make("ed25519", "A <a@example.org>", passphrase: Self.passphrase)
                let locked = try await clone.run(["release", "--key", key], environment: keys.environment)
                #expect(locked.status == 1, "without the passphrase nothing may be signed: \(locked)")
                #expect(try await clone.packages() == [])
                #expect(try await clone.leftovers() == [])
                #expect(clone.strays() == [])

                try await unlock(key, keys)
                let watch = Watch(for: Self.passphrase)
                let ended = try await clone.run(["release", "--key", key], environment: keys.environment)
                let seen = await watch.end()
                #expect(ended.status == 0, "\(ended)")
                #expect(seen.rounds > 5 && seen.sightings == [], "\(seen)")
                let said = try await Command("grep", ["-rlF", Self.passphrase, clone.root.string]).run(.verify)
                #expect(said.exitStatus == 1, "\(said.text)")
                #expect(!(ended.output + ended.errors).contains(Self.passphrase))
                // The user's own agent is left running.
                #expect(clone.strays().count == 1 && clone.strays().first?.contains("gpg-agent") == true)
                try await keys.endAgent()
                try await clone.expectVerified()
            }
        }

        @Test("the watch sees a passphrase that a process does show")
        func watchSees() async throws {
            let watch = Watch(for: Self.passphrase)
            try await Command("sh", ["-c", "read x; :"]).with {
                $0.environment = ["SECRET": Self.passphrase]
                $0.input = Array(repeating: 10, count: 1)
            }.output(.setup)
            let running = try Running(
                ["sh", "-c", "exec sleep 60"], in: "/", environment: ["SECRET": Self.passphrase], notes: Shared.folder)
            try await waitUntil("a sighting") { watch.hasSeen }
            running.send(SIGKILL)
            _ = try await running.ended()
            #expect(await watch.end().sightings != [])
        }

        private func unlock(_ key: String, _ keys: Keys) async throws {
            try await keys.command("gpgconf", ["--launch", "gpg-agent"]).output(.sign)
            let listing = try await keys.gpg(["--with-colons", "--with-keygrip", "--list-secret-keys", key])
            let grip = try #require(
                listing.split(separator: "\n").first { $0.hasPrefix("grp:") }?.split(separator: ":").last)
            let folder = try await Command("gpgconf", ["--list-dirs", "libexecdir"]).output(.sign)
                .trimmingCharacters(in: CharacterSet.newlines)
            try await keys.command("\(folder)/gpg-preset-passphrase", ["--preset", String(grip)])
                .with { $0.input = Array(Self.passphrase.utf8) }.output(.sign)
        }
    }
}
