import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("Rebuilding") struct Rebuilding {
        @Test("a second release builds nothing and changes no byte")
        func nothing() async throws {
            try await Clone.with(.released) { clone in
                let cache = try await clone.fingerprint(["cache", "RPMS", "SRPMS"])
                let results = try await clone.results(report: true)
                let ended = try await clone.run(["release"])
                #expect(ended.status == 0, "\(ended)")
                #expect(ended.isUnchanged("untosh") && ended.isUnchanged("untochat-release"), "\(ended)")
                // With times: not even written again.
                #expect(try await clone.fingerprint(["cache", "RPMS", "SRPMS"]).changes(from: cache) == [])
                #expect(try await clone.results(report: true).changes(from: results) == [])
            }
        }

        @Test("a change of one component rebuilds that one", arguments: ["untosh", "untochat-release"])
        func one(component: String) async throws {
            try await Clone.with(.released) { clone in
                let other = component == "untosh" ? "untochat-release" : "untosh"
                let before = try await clone.results()
                if component == "untosh" { try clone.touchUntosh() } else { try clone.touchRelease() }
                let ended = try await clone.run(["release"])
                #expect(ended.status == 0, "\(ended)")
                #expect(ended.isUnchanged(other) && !ended.isUnchanged(component), "\(ended)")
                let after = try await clone.results()
                let changed = after.filter { before[$0.key] != $0.value }.keys.filter { $0.hasSuffix(".src.rpm") }
                #expect(changed.count == 2 && changed.allSatisfy { $0.contains("/\(component)-1") }, "\(changed)")
                try await clone.expectVerified()
            }
        }

        @Test("a change of the hardening flags rebuilds every component")
        func flags() async throws {
            try await Clone.with(.released) { clone in
                try clone.append("# changed", to: "rpmbuild/macros/hardening.macros")
                let ended = try await clone.run(["build"])
                #expect(ended.status == 0, "\(ended)")
                #expect(!ended.isUnchanged("untosh") && !ended.isUnchanged("untochat-release"), "\(ended)")
            }
        }

        @Test("a commit of something else rebuilds nothing and leaves every package as it was")
        func elsewhere() async throws {
            try await Clone.with(.released) { clone in
                let before = try await clone.fingerprint(["cache", "RPMS", "SRPMS"])
                try clone.append("Read me.", to: "README")
                try await clone.commit()
                let ended = try await clone.run(["release"])
                #expect(ended.status == 0, "\(ended)")
                #expect(ended.isUnchanged("untosh") && ended.isUnchanged("untochat-release"), "\(ended)")
                #expect(try await clone.fingerprint(["cache", "RPMS", "SRPMS"]).changes(from: before) == [])
                try await clone.expectVerified()
            }
        }

        @Test("two builds of one commit are the same to the last byte")
        func reproducible() async throws {
            let released = try await Shared.released.value
            try await Clone.with(.unbuilt) { clone in
                let ended = try await clone.run(["release"])
                #expect(ended.status == 0 && !ended.isUnchanged("untosh"), "\(ended)")
                #expect(try await clone.results().changes(from: released.results()) == [])
            }
        }
    }
}

extension Ended {
    /// Whether progress says that `component` was not built again.
    func isUnchanged(_ component: String) -> Bool {
        errors.split(separator: "\n").contains { $0.hasPrefix("\(component): done") && $0.contains("unchanged") }
    }
}
