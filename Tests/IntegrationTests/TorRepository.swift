import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import TorNetwork

/// The packages of a workshop, offered by a web server on the loopback and by an onion service that leads to it, and a root
/// that takes them over Tor.
struct TorRepository {
    let workshop: Workshop
    let root: DnfRoot
    let network: TorNetwork
    /// The onion service.
    let onion: String
    /// The same by an exit, under a name that only the client's tor can resolve.
    let exit: String
    var trace: ConnectionTrace { ConnectionTrace(file: workshop.folder.appending("trace"), folder: workshop.folder) }
    /// What leads dnf through the client's tor.
    var proxy: String { "socks5h://\(socks)" }
    var socks: String { "127.0.0.1:\(network.client.socksPort)" }

    static func with(_ network: TorNetwork, _ body: (TorRepository) async throws -> Void) async throws {
        try await Workshop.with { workshop in
            try await DnfRoot.with(workshop) { root in
                let port = try Loopback.freePort()
                let server = try Companion(
                    Command(
                        "python3",
                        [
                            "-m", "http.server", "\(port)", "--bind", "127.0.0.1", "--directory",
                            workshop.packages.string,
                        ]
                    ), log: workshop.folder.appending("web"))
                do {
                    try await Loopback.waitForListener(port) { !server.hasEnded }
                    let name = "repository\(port)"
                    let address = try await network.publish(name, port: 80, to: port)
                    try await body(
                        TorRepository(
                            workshop: workshop, root: root, network: network, onion: "http://\(address)",
                            exit: "http://\(TorNetwork.exitName):\(port)"))
                    await server.end()
                } catch {
                    await server.end()
                    throw error
                }
            }
        }
    }

    /// Puts another version of the small package into the repository.
    func publish(version: Int, post: String? = nil) async throws {
        try await workshop.make(SmallPackage(name: "probe", version: version, post: post), in: workshop.packages)
        try await workshop.index(workshop.packages, epoch: Workshop.epoch + version)
    }

    /// Runs dnf, watched.
    func dnf(
        _ arguments: [String], base: String, proxy: String, environment: [String: String] = [:]
    ) async throws -> DnfRoot.Said {
        let command = try root.command(arguments, base: base, proxy: proxy).with {
            for (name, value) in environment { $0.environment[name] = value }
        }
        return DnfRoot.Said(try await trace.watching(command).run(.verify))
    }

    /// Runs untochat-update for the root, with dnf watched.
    ///
    /// - Parameters:
    ///   - policyCheck: what judges the policy. This machine has no SELinux, so only one that always agrees can agree.
    ///   - control: tor's control socket.
    func update(
        _ arguments: [String] = [], policyCheck: String = "/bin/true", control: FilePath? = nil,
        environment: [String: String] = [:]
    ) async throws -> DnfRoot.Said {
        try? Files.remove(trace.file)
        let dnf = trace.watching(try root.command([], installedConfiguration: true, base: onion, proxy: proxy))
        let rpm = Command("rpm", ["--root", root.folder.string])
        let program = FilePath(Bundle.main.executablePath ?? "").removingLastComponent().appending("untochat-update")
        let client = network.client
        let places = [
            "control=\(control ?? client.controlSocket)", "cookie-folder=\(client.folder)",
            "socks=\(client.socksPort)", "dnf=\(try script("dnf", dnf))", "rpm=\(try script("rpm", rpm))",
            "policy-check=\(policyCheck)",
        ].flatMap { ["--place", $0] }
        return DnfRoot.Said(
            try await Command(program.string, places + arguments)
                .with { for (name, value) in environment { $0.environment[name] = value } }.run(.verify))
    }

    /// A program that runs `command` with more arguments, and with the home in which rpm's policy for the root is.
    private func script(_ name: String, _ command: Command) throws -> FilePath {
        let path = workshop.folder.appending("run-\(name)")
        let words = ([command.program] + command.arguments).map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }
            .joined(separator: " ")
        let home = (root.environment["HOME"] ?? nil) ?? ""
        try Files.write("#!/bin/sh\nHOME='\(home)' exec \(words) \"$@\"\n", to: path)
        guard chmod(path.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        return path
    }
}
