import Foundation
import Lab
import ReleaseSupport
import SystemPackage
import Testing
import TorNetwork

/// A private Tor network for all tests of a suite, on a machine of their own: `make tor-test` starts them in namespaces in
/// which no network but the loopback is there, and in which what they mount and start goes away with them.
struct TorScene: Sendable {
    let network: TorNetwork

    /// The one in which the current test runs.
    @TaskLocal static var current: TorScene?

    /// Whether anyone asked for these tests.
    static let isWanted = ProcessInfo.processInfo.environment["UNTOCHAT_TOR"] == "1"

    /// Runs `body` in a scene. Refuses where something could get out, or a mount could stay.
    static func with(_ body: () async throws -> Void) async throws {
        let interfaces = try Files.text("/proc/net/dev").split(separator: "\n").dropFirst(2)
        guard interfaces.count == 1, interfaces.first?.contains("lo:") == true, geteuid() == 0 else {
            throw ReleaseError(.setup, "this is no network of our own", hint: "make tor-test makes one")
        }
        try await TorNetwork.with { network in
            try await $current.withValue(TorScene(network: network)) { try await body() }
        }
    }
}

/// Starts the network for a suite, once.
struct TorSceneTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard TorScene.isWanted else { return try await function() }
        try await TorScene.with(function)
    }
}

extension Trait where Self == TorSceneTrait {
    /// A private Tor network for the whole suite.
    static var torScene: Self { TorSceneTrait() }
}

extension Trait where Self == ConditionTrait {
    /// Only where somebody asked, by UNTOCHAT_TOR=1.
    static var tor: Self { .enabled(if: TorScene.isWanted, "needs root and namespaces; `make tor-test` has them") }
}
