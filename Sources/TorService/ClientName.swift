/// The name of a client of the onion service: who holds a key. It is the name of a file, and nothing that Tor tells anyone.
public struct ClientName: Equatable {
    /// As the administrator gave it.
    public let text: String

    /// `nil` for anything but 1 to 32 lower-case letters, digits, "-" and "_" that begin with a letter or a digit.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...32).contains(bytes.count), bytes[0] != 0x2d, bytes[0] != 0x5f,
            bytes.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f })
        else { return nil }
        self.text = text
    }

    /// The client to whom the file belongs, or `nil` where it is no client's.
    public init?(file: String) {
        guard file.utf8.count > Self.suffix.utf8.count, Array(file.utf8.suffix(5)) == Array(Self.suffix.utf8) else {
            return nil
        }
        self.init(String(decoding: Array(file.utf8.dropLast(5)), as: UTF8.self))
    }

    /// The file with the client's public key, in `authorized_clients` of the service.
    public var file: String { text + Self.suffix }

    private static let suffix = ".auth"
}
