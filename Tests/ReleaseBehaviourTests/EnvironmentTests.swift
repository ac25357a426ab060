import Foundation
import ReleaseSupport
import SystemPackage
import Testing

extension Behaviour {
    @Suite("A foreign environment") struct ForeignEnvironment {
        @Test("variables, macro files and git's own settings of whoever builds do not change a byte")
        func variables() async throws {
            let released = try await Shared.released.value
            try await Clone.with(.unbuilt) { clone in
                let home = clone.folder.appending("home")
                let macros = """
                    %vendor Somebody
                    %_vendor somebody
                    %packager Somebody <s@example.org>
                    %dist .mine
                    %_binary_payload w1.gzdio
                    %__gpg_sign_cmd /bin/false
                    %_gpg_digest_algo sha256
                    %untochat_link_flags -z lazy
                    """
                try Files.write(macros, to: home.appending(".rpmmacros"))
                try Files.makeFolder(home.appending(".config/rpm"))
                try Files.write(macros, to: home.appending(".config/rpm/macros"))
                try Files.write(
                    "[core]\nautocrlf = true\n[status]\nshowUntrackedFiles = no\n", to: home.appending(".gitconfig"))
                let ended = try await clone.run(
                    ["release"],
                    environment: [
                        "CFLAGS": "-O0", "CXXFLAGS": "-O0", "LDFLAGS": "-Wl,-z,lazy", "RPM_OPT_FLAGS": "-O0",
                        "RPM_BUILD_ROOT": "/nonexistent", "RPM_BUILD_NCPUS": "1", "SOURCE_DATE_EPOCH": "1",
                        "SWIFT_BACKTRACE": "enable=yes", "SWIFT_DETERMINISTIC_HASHING": "1", "SWIFTFLAGS": "-Onone",
                        "UNTOCHAT_EMBEDDED": "0", "UNTOCHAT_FUZZ": "1", "UNTOCHAT_EMBEDDED_LIBRARIES": "/nonexistent",
                        "TAR_OPTIONS": "--exclude=LICENSE --mtime=@5", "GZIP": "-1", "POSIXLY_CORRECT": "1",
                        "GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent",
                        "TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr",
                        "USER": "somebody", "LOGNAME": "somebody", "HOSTNAME": "elsewhere",
                        "TMPDIR": home.string, "COLUMNS": "20", "NO_COLOR": "1",
                    ])
                #expect(ended.status == 0, "\(ended)")
                #expect(try await clone.results().changes(from: released.results()) == [])
            }
        }

        @Test(
            "the umask changes no byte and leaves what is published readable, and not for everyone to write",
            arguments: ["077", "000"])
        func umasks(mask: String) async throws {
            let released = try await Shared.released.value
            try await Clone.with(.unbuilt) { clone in
                let ended = try await clone.run(
                    ["release"], before: ["sh", "-c", "umask \(mask) && exec \"$@\"", "sh"])
                #expect(ended.status == 0, "\(ended)")
                #expect(try await clone.results().changes(from: released.results()) == [])
                let wrong = try await Command(
                    "find",
                    [
                        clone.repository.string, clone.output.appending("RPMS").string, "-not", "-perm", "-444", "-o",
                        "-perm", "/022",
                    ]
                ).output(.setup)
                #expect(wrong.isEmpty, "\(wrong)")
            }
        }

        @Test(
            "an ordinary user on another machine gets the same bytes",
            .enabled(if: geteuid() == 0, "takes root to become another"))
        func ordinaryUser() async throws {
            let released = try await Shared.released.value
            try await Clone.with(.unbuilt) { clone in
                try await Command("chown", ["-R", "65534:65534", clone.folder.string]).output(.setup)
                let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
                let ended = try await clone.run(
                    ["release"],
                    before: ["unshare", "--uts", "sh", "-c", "hostname elsewhere && exec \"$@\"", "sh"] + user)
                #expect(ended.status == 0, "\(ended)")
                #expect(try await clone.results().changes(from: released.results()) == [])
                // What he may not write is named.
                try await Command("chown", ["-R", "0:0", clone.output.appending("SRPMS").string]).output(.setup)
                try Files.remove(clone.output.appending("SRPMS/untosh-1.0-1.fc45.src.rpm"))
                let denied = try await clone.run(["release"], before: user)
                #expect(denied.status == 1 && denied.errors.contains("SRPMS"), "\(denied)")
                #expect(denied.errors.contains("Permission denied"), "\(denied)")
            }
        }
    }
}
