import Foundation
import ReleaseSupport
import SystemPackage
import Testing
import TorNetwork

/// untochat-onion, at the onion host of a private network.
struct OnionCommand {
    let network: TorNetwork
    private let program: FilePath
    private let places: [String]

    /// The one that was built beside these tests, for a service that leads to `port`.
    init(_ network: TorNetwork, port: Int) throws {
        self.network = network
        program = FilePath(Bundle.main.executablePath ?? "").removingLastComponent().appending("untochat-onion")
        let host = network.onionHost
        places = [
            "configuration=\(network.onionConfiguration)", "data=\(host.folder)", "control=\(host.controlSocket)",
            "cookie-folder=\(host.folder)", "user=root", "target=127.0.0.1:\(port)",
        ].flatMap { ["--place", $0] }
        guard Files.exists(program) else { throw ReleaseError(.setup, "\(program) is not there") }
    }

    func run(_ arguments: String...) async throws -> Command.Outcome {
        try await Command(program.string, places + arguments).run(.verify)
    }

    /// What it printed; anything but success is an error.
    @discardableResult
    func output(_ arguments: String...) async throws -> String {
        try await Command(program.string, places + arguments).output(.verify)
    }

    /// Demands that nothing is done where what it prints would stay in a file.
    func refusesFile(_ arguments: String...) async throws {
        let file = network.onionHost.folder.appending("printed")
        let outcome = try await Command("sh", ["-c", #""$@" >'\#(file)'"#, "sh", program.string] + places + arguments)
            .run(.verify)
        #expect(outcome.exitStatus == 1)
        #expect(outcome.errorText.contains("the key would stay in a file"))
        #expect(try Files.text(file).isEmpty)
        #expect(try await !run("status").text.contains("silver"))
    }

    /// Runs it, and waits until the descriptor that comes of it can be had by everyone.
    @discardableResult
    func publishing(_ address: String? = nil, _ arguments: String...) async throws -> String {
        let watch = try await TorControl.connect(to: network.onionHost)
        try await watch.follow("HS_DESC")
        let said = try await Command(program.string, places + arguments).output(.verify)
        let new = said.split(separator: "\n").first { $0.hasSuffix(".onion") }.map { String($0.dropLast(6)) }
        guard let address = address ?? new else { throw ReleaseError(.verify, "no address: \(said)") }
        try await watch.waitForUpload(of: address)
        return address
    }

    /// Gives the client the line that the tool printed for it, in the place of what it had.
    func take(_ said: String) async throws {
        guard let line = said.split(separator: "\n").first(where: { $0.contains(":descriptor:x25519:") }) else {
            throw ReleaseError(.verify, "no key: \(said)")
        }
        try Files.write(line + "\n", to: network.clientKeys.appending("own.auth_private"), mode: .privateFile)
        try await TorControl.connect(to: network.client).reload()
    }
}
