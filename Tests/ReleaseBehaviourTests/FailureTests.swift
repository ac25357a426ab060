import Foundation
import ReleasePipeline
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("Failures") struct Failures {
        @Test("a compile error is told with component, stage, file, the log's end and a hint; nothing is published")
        func compileError() async throws {
            try await Clone.with(.built) { clone in
                try clone.append("let broken: Int = \"text\"", to: "Sources/untosh/Untosh.swift")
                // The other component is sound, and is not published either.
                try clone.touchRelease()
                let ended = try await clone.run(["release"])
                #expect(ended.status == 1 && ended.output.isEmpty, "\(ended)")
                for words in [
                    "untosh: FAILED in compile", "untosh: failed in compile: the build ended with exit status 1",
                    "Untosh.swift", "error: ", "  log: \(clone.log)\n", "  hint: ",
                ] { #expect(ended.errors.contains(words), "\(words) is missing in \(ended)") }
                #expect(ended.errors.split(separator: "\n").count { $0.hasPrefix("    | ") } >= 10)
                #expect(try await clone.results().isEmpty)
                #expect(try await clone.leftovers() == [])
                #expect(clone.strays() == [])
                let report = try clone.readReport()
                #expect(!report.passed && report.outcome.contains("compile") && report.artifacts.isEmpty)
            }
        }

        @Test("a release that fails leaves the one before as it was")
        func earlierStays() async throws {
            try await Clone.with(.released) { clone in
                let before = try await clone.results()
                try clone.append("let broken: Int = \"text\"", to: "Sources/untosh/Untosh.swift")
                #expect(try await clone.run(["release"]).status == 1)
                #expect(try await clone.results().changes(from: before) == [])
                try await clone.expectVerified()
            }
        }

        @Test("a spec with a macro that nobody defines is refused by its name")
        func leftoverMacro() async throws {
            try await Clone.with(.built) { clone in
                try clone.replace(
                    "%files\n", with: "%post\n%nobody_defines_this\n\n%files\n", in: "specs/untochat-release.spec")
                let ended = try await clone.run(["build", "untochat-release"])
                #expect(ended.status == 1 && ended.errors.contains("%nobody_defines_this"), "\(ended)")
                #expect(ended.errors.contains("untochat-release: failed in "), "\(ended)")
            }
        }

        @Test("a package that the audit refuses is not signed, and the finding is told")
        func auditRefuses() async throws {
            try await Clone.with(.built) { clone in
                try clone.replace(
                    "install -D -m 0644 %{SOURCE1}", with: "install -D -m 0666 %{SOURCE1}",
                    in: "specs/untochat-release.spec")
                let ended = try await clone.run(["release"])
                #expect(ended.status == 1 && ended.errors.contains("packages: FAILED in audit"), "\(ended)")
                #expect(
                    ended.errors.contains("worldWritable: untochat-release-1.0-1.fc45.noarch: /etc/pki"), "\(ended)")
                #expect(try await clone.results().isEmpty)
                #expect(try await clone.leftovers() == [])
                #expect(try clone.readReport().checks.contains { $0.name == "worldWritable" && !$0.passed })
            }
        }

        /// Sizes of a disk, in sizes of the built packages: enough for less than those, for a part of the signed ones, for
        /// a part of the repository, for everything; and what changes first.
        private static let disks = [(0.3, false), (1.6, false), (2.4, false), (3, false), (8, true), (8, false)]

        @Test("on a full disk a release says so, wherever it happens, and leaves nothing half made", arguments: disks)
        func fullDisk(size: Double, changes: Bool) async throws {
            try await Clone.with(.built) { clone in
                let kibibytes = try await Command("du", ["-sk", clone.output.appending("cache").string]).output(.setup)
                    .prefix { $0.isNumber }
                // With a change there is much to compile, and no room for it.
                if changes { try clone.touchUntosh() }
                let inside = """
                    set -e
                    cp -a rpmbuild ../outside
                    mount -t tmpfs -o size="$1"k none rpmbuild
                    shift
                    cp -a ../outside/macros ../outside/targets rpmbuild
                    cp -a ../outside/gnupg ../outside/cache rpmbuild || :
                    status=0
                    "$@" || status=$?
                    find rpmbuild -path rpmbuild/gnupg -prune -o -path rpmbuild/cache -prune -o -type f -print >../after
                    exit $status
                    """
                let room = Int((Double(kibibytes) ?? 0) * size)
                let ended = try await clone.run(
                    ["release"],
                    before: ["unshare", "--map-root-user", "--mount", "sh", "-c", inside, "sh", String(room)])
                let after = try Files.text(clone.folder.appending("after")).split(separator: "\n").filter { path in
                    !["macros", "targets", "logs"].contains { path.hasPrefix("rpmbuild/\($0)/") }
                }
                #expect(after.allSatisfy { !$0.hasSuffix("~") && !$0.contains("/work/") }, "\(after)")
                if size == 8, !changes {
                    #expect(ended.status == 0, "with room for everything it must succeed: \(ended)")
                    #expect(after.contains("rpmbuild/repo/fedora-45/SHA256SUMS.asc"))
                } else {
                    #expect(ended.status == 1, "\(ended)")
                    #expect(
                        ended.errors.contains("No space left on device") || ended.errors.contains("is full"),
                        "\(ended)")
                    #expect(!after.contains { $0.hasSuffix(".rpm") || $0.contains("/repo/") }, "\(after)")
                }
            }
        }

        @Test("a place that cannot be written is named", arguments: ["RPMS", "repo", "logs", "cache"])
        func blockedPlace(name: String) async throws {
            try await Clone.with(.unbuilt) { clone in
                let place = clone.output.appending(name)
                try Files.write("in the way", to: place)
                let ended = try await clone.run(["release"])
                #expect(ended.status == 1 && ended.errors.contains(place.string), "\(ended)")
                #expect(try await clone.packages() == [])
                #expect(try await clone.leftovers() == [])
            }
        }

        @Test("outside a checkout, and in one without a commit, it is said what is missing")
        func noCheckout() async throws {
            try await Clone.with(.unbuilt) { clone in
                let outside = try await clone.run(["release", "--directory", "/usr"])
                #expect(
                    outside.status == 1 && outside.errors.contains("is not inside an untochat checkout"), "\(outside)")
                try Files.remove(clone.root.appending(".git"))
                try await clone.git("init", "--quiet")
                let bare = try await clone.run(["release"])
                #expect(bare.status == 1 && bare.errors.contains("git clone"), "\(bare)")
            }
        }

        @Test("a shallow clone is refused with a real key: times would be wrong")
        func shallow() async throws {
            try await Clone.with(.unbuilt) { clone in
                let keys = try Keys(for: clone)
                let key = try await keys.make("ed25519", "A <a@example.org>")
                try clone.append("more", to: "MORE")
                try await clone.commit()
                let copy = Clone(folder: clone.folder, root: clone.folder.appending("shallow"))
                try await Command(
                    "git", ["clone", "--quiet", "--depth", "1", "file://\(clone.root)", copy.root.string]
                )
                .output(.setup)
                let ended = try await copy.run(["release", "--key", key], environment: keys.environment)
                #expect(ended.status == 1 && ended.errors.contains("git fetch --unshallow"), "\(ended)")
            }
        }
    }
}
