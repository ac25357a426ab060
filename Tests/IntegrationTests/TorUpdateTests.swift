import Lab
import ReleaseSupport
import SystemPackage
import Testing
import TorNetwork

// In the suite of the logins, for its network.
extension TorNetworkTests {
    /// What leads a program past a proxy, or to a name server first, where it is obeyed.
    private static let traps = [
        "no_proxy": "*", "NO_PROXY": "*", "http_proxy": "socks5://127.0.0.1:1", "all_proxy": "socks5://127.0.0.1:1",
    ]

    @Test(
        "dnf installs from the onion service, untochat-update updates from it, and both connect to Tor's SOCKS port alone"
    )
    func updates() async throws {
        try await TorRepository.with(#require(TorScene.current).network) { repository in
            try await repository.publish(version: 1)
            let installed = try await repository.dnf(
                ["install", "probe", "untosh", "untochat-release", "untochat-server"], base: repository.onion,
                proxy: repository.proxy)
            #expect(installed.succeeded, "\(installed.text)")
            #expect(try repository.trace.destinations == [repository.socks])

            try await repository.publish(version: 2)
            let look = try await repository.update(["--check"])
            #expect(look.status == 0, "\(look.text)")
            #expect(look.text.contains("probe"))
            #expect(try repository.trace.destinations == [repository.socks])

            let update = try await repository.update(environment: Self.traps)
            #expect(update.status == 0, "\(update.text)")
            #expect(update.text.contains("changed probe 1-1.noarch -> 2-1.noarch\n"), "\(update.text)")
            #expect(try repository.trace.destinations == [repository.socks])
            #expect(try await repository.root.installed().contains("probe-2"))

            // What goes wrong is told: a script, our files, and the policy that is not in force on this machine.
            try await repository.publish(version: 3, post: "error('no')")
            try Files.flip(repository.root.folder.appending("opt/bin/untosh"), at: 5000)
            let wrong = try await repository.update(
                policyCheck: repository.root.folder.appending("opt/sbin/untochat-selinux-check").string)
            #expect(wrong.status == 1)
            for words in ["a package's script failed", "/opt/bin/untosh", "SELinux: WRONG"] {
                #expect(wrong.text.contains(words), "\(words): \(wrong.text)")
            }
        }
    }

    @Test("without tor dnf fails, says so and tries no other way, and untochat-update does not start it")
    func withoutTor() async throws {
        try await TorRepository.with(#require(TorScene.current).network) { repository in
            // Where nobody listens, as when tor is stopped.
            let closed = "127.0.0.1:\(try Loopback.freePort())"
            for environment in [[:], ["http_proxy": "socks5://127.0.0.1:1"]] {
                let said = try await repository.dnf(
                    ["install", "untosh"], base: repository.onion, proxy: "socks5h://\(closed)",
                    environment: environment)
                #expect(said.status == 1)
                #expect(said.text.contains(/Curl error \(7\)|[Cc]ould not connect|[Cc]ouldn't connect/), "\(said.text)")
                #expect(try repository.trace.destinations == [closed])
            }
            let update = try await repository.update(control: "/nonexistent")
            #expect(update.status == 1)
            #expect(update.text.contains("tor does not answer at /nonexistent"), "\(update.text)")
            #expect(!Files.exists(repository.trace.file))
        }
    }

    @Test("a dnf without the proxy, with a name resolved before it, or led past it by the environment is seen")
    func naive() async throws {
        try await TorRepository.with(#require(TorScene.current).network) { repository in
            let arguments = ["repoquery", "untosh"]
            let right = try await repository.dnf(arguments, base: repository.exit, proxy: repository.proxy)
            #expect(right.status == 0, "\(right.text)")
            #expect(try repository.trace.destinations == [repository.socks])
            let naive: [(proxy: String, environment: [String: String])] = [
                ("", [:]), ("socks5://\(repository.socks)", [:]), (repository.proxy, ["no_proxy": "*"]),
            ]
            for (proxy, environment) in naive {
                let fresh = ["--setopt=cachedir=\(repository.workshop.folder.appending("cache-\(proxy.count)"))"]
                _ = try await repository.dnf(
                    fresh + arguments + ["--refresh"], base: repository.exit, proxy: proxy, environment: environment)
                let others = try repository.trace.destinations.subtracting([repository.socks])
                #expect(!others.isEmpty, "\(proxy) \(environment)")
            }
        }
    }
}
