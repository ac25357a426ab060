import Foundation
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("Signing elsewhere") struct SigningElsewhere {
        private static let unsigned = "rpmbuild/unsigned/fedora-45"

        @Test("packages made unsigned, signed on the machine with the key and published there are a whole release")
        func roundTrip() async throws {
            try await Clone.with(.built) { clone in
                let keys = try Keys(for: clone)
                let key = try await keys.make("ed25519", "A <a@example.org>")
                let file = clone.folder.appending("key.asc")
                try await keys.export(key, to: file)
                try await keys.endAgent()

                let made = try await clone.run(["release", "--no-sign", "--public-key", file.string])
                #expect(made.status == 0 && made.output.contains("UNSIGNED"), "\(made)")
                #expect(try clone.readReport().signedBy == nil)
                #expect(try await clone.results().isEmpty, "nothing unsigned may lie where signed packages do")
                #expect(try await clone.packagedKey(below: "unsigned/fedora-45/RPMS") == key)
                try await expectUnsigned(clone)

                let sign = ["sign", Self.unsigned, "--key", key]
                let signed = try await clone.run(sign, environment: keys.environment)
                #expect(signed.status == 0 && signed.output.contains("4 files, 4 of them new"), "\(signed)")
                let again = try await clone.run(sign, environment: keys.environment)
                #expect(again.status == 0 && again.output.contains("4 files, 0 of them new"), "\(again)")

                let site = clone.folder.appending("site/fedora-45")
                let published = try await clone.run(
                    ["publish", Self.unsigned, "--key", key, "--output", site.string], environment: keys.environment)
                #expect(published.status == 0, "\(published)")
                let verified = try await clone.run(["verify", site.string, "--key", file.string])
                #expect(verified.status == 0, "\(verified)")
                #expect(clone.strays() == [])
                #expect(try Files.names(in: site.removingLastComponent()) == ["fedora-45"])
            }
        }

        @Test("packages that carry another key than the one that signs are refused, and stay as they are")
        func otherKey() async throws {
            try await Clone.with(.built) { clone in
                let keys = try Keys(for: clone)
                let (packaged, other) = (
                    try await keys.make("ed25519", "A <a@example.org>"),
                    try await keys.make("ed25519", "B <b@example.org>")
                )
                let file = clone.folder.appending("key.asc")
                try await keys.export(packaged, to: file)
                #expect(try await clone.run(["release", "--no-sign", "--public-key", file.string]).status == 0)
                let before = try await clone.fingerprint(["unsigned"])
                let ended = try await clone.run(
                    ["sign", Self.unsigned, "--key", other], environment: keys.environment)
                #expect(ended.status == 1, "\(ended)")
                #expect(ended.errors.contains("holds the public key \(packaged), and \(other) is to sign"), "\(ended)")
                #expect(try await clone.fingerprint(["unsigned"]).changes(from: before) == [])
            }
        }

        @Test("an unsigned package is not published, and the repository that is there stays")
        func unsignedPackage() async throws {
            try await Clone.with(.released) { clone in
                let before = try await clone.fingerprint(["repo"])
                #expect(try await clone.run(["release", "--no-sign"]).status == 0)
                #expect(try await clone.fingerprint(["repo"]).changes(from: before) == [])
                let ended = try await clone.run(["publish", Self.unsigned])
                #expect(ended.status == 1 && ended.errors.contains("failed in publish"), "\(ended)")
                #expect(try await clone.fingerprint(["repo"]).changes(from: before) == [])
                #expect(try await clone.leftovers() == [])
                // One among signed ones is enough.
                let package = "x86_64/untosh-1.0-1.fc45.x86_64.rpm"
                try Files.copy(
                    clone.root.appending("\(Self.unsigned)/RPMS/\(package)"),
                    to: clone.output.appending("RPMS/\(package)"))
                let mixed = try await clone.run(["publish"])
                #expect(
                    mixed.status == 1 && mixed.errors.contains(FilePath(package).lastComponent?.string ?? ""),
                    "\(mixed)")
                #expect(try await clone.fingerprint(["repo"]).changes(from: before) == [])
                try await clone.expectVerified()
            }
        }

        @Test("a folder that is no repository is not replaced by one")
        func foreignFolder() async throws {
            try await Clone.with(.released) { clone in
                let site = clone.folder.appending("site")
                try Files.makeFolder(site)
                try Files.write("Welcome.", to: site.appending("index.html"))
                let ended = try await clone.run(["publish", "--output", site.string])
                #expect(ended.status == 1 && ended.errors.contains("it would be replaced"), "\(ended)")
                #expect(try Files.names(in: site) == ["index.html"])
            }
        }

        @Test("a public key that may not sign a release is refused before anything is built")
        func weakPublicKey() async throws {
            try await Clone.with(.unbuilt) { clone in
                let keys = try Keys(for: clone)
                let file = clone.folder.appending("key.asc")
                try await keys.export(try await keys.make("rsa2048", "A <a@example.org>"), to: file)
                let ended = try await clone.run(["release", "--no-sign", "--public-key", file.string])
                #expect(ended.status == 1 && ended.errors.contains("RSA of 2048 bits is too short"), "\(ended)")
                #expect(!Files.exists(clone.output.appending("cache")))
            }
        }

        private func expectUnsigned(_ clone: Clone) async throws {
            let folder = clone.root.appending(Self.unsigned)
            let packages = try Files.files(below: folder)
            #expect(packages.count == 4)
            for package in packages {
                let said = try await Command(
                    "rpm",
                    [
                        "-qp", "--qf", "%{SIGPGP:pgpsig}%{RSAHEADER:pgpsig}%{DSAHEADER:pgpsig}",
                        folder.appending(package).string,
                    ]
                ).output(.verify)
                #expect(said == "(none)(none)(none)")
            }
        }
    }
}
