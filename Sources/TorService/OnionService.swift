/// The onion service as files that tor reads: its address, its configuration, its clients' keys.
///
/// Source: tor(1); Tor rendezvous specification version 3, sections 2.1 and 6, and appendices on client authorisation.
public enum OnionService {
    /// The address of the service with this public key, without ".onion".
    ///
    /// - Parameter digest: SHA3-256 of `checksumInput(for:)`.
    public static func address(ofKey key: [UInt8], digest: [UInt8]) -> String {
        Base32.text(key + digest.prefix(2) + [version], isLower: true)
    }

    /// What the checksum in an address is made of.
    public static func checksumInput(for key: [UInt8]) -> [UInt8] { Array(".onion checksum".utf8) + key + [version] }

    private static let version: UInt8 = 3

    /// tor's file of the service's public key.
    public static func publicKeyFile(_ key: [UInt8]) -> [UInt8] { header("ed25519v1-public") + key }

    /// The beginning of tor's file of the service's secret key; the 64 bytes of the expanded key follow.
    public static var secretKeyHeader: [UInt8] { header("ed25519v1-secret") }

    /// 32 bytes, filled with zeros.
    private static func header(_ name: String) -> [UInt8] {
        let text = Array("== \(name): type0 ==".utf8)
        return text + [UInt8](repeating: 0, count: 32 - text.count)
    }

    /// The file of a client's public key.
    public static func authorization(ofKey key: [UInt8]) -> String {
        "descriptor:x25519:" + Base32.text(key) + "\n"
    }

    /// What stands before the private key in the file that a client's tor reads.
    public static func privateKeyPrefix(address: String) -> String { address + ":descriptor:x25519:" }

    /// The configuration of the service in `folder`, which leads to `target`, "ADDRESS:PORT".
    public static func configuration(folder: String, target: String) -> String {
        """
        # Written by untochat-onion: `untochat-onion disable` takes it away.
        HiddenServiceDir \(folder)
        HiddenServiceVersion 3
        HiddenServicePort 22 \(target)
        # Who floods it has to work for each connection, and the more the more come.
        HiddenServicePoWDefensesEnabled 1
        # Introduction points refuse what comes faster than people log in.
        HiddenServiceEnableIntroDoSDefense 1
        HiddenServiceEnableIntroDoSRatePerSec 5
        HiddenServiceEnableIntroDoSBurstPerSec 50
        # An ssh login is one stream.
        HiddenServiceMaxStreams 4
        HiddenServiceMaxStreamsCloseCircuit 1

        """
    }
}
