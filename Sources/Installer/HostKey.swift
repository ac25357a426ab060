/// The key of an installed machine's sshd, as its serial console tells it: a way on which nobody on the network can put
/// another key in its place.
struct HostKey: Equatable {
    /// What known_hosts calls the machine, whatever address leads to it.
    static let alias = "untochat"
    /// What a line of the console begins with, after "untochat: ".
    private static let prefix = "host key "
    /// Of every Ed25519 key: the length of the type's name, the name, the length of the key.
    private static let start = "AAAAC3NzaC1lZDI1NTE5AAAAI"

    /// The key as OpenSSH writes it: "ssh-ed25519 AAAA…".
    let text: String

    /// Reads what the console said after "untochat: "; nil where that is no key.
    ///
    /// Source: RFC 8709, section 4; 51 bytes are 68 characters of Base64.
    init?(_ said: String) {
        guard said.hasPrefix(Self.prefix) else { return nil }
        let words = said.dropFirst(Self.prefix.count).split(separator: " ")
        guard words.count >= 2, words[0] == "ssh-ed25519", words[1].hasPrefix(Self.start), words[1].utf8.count == 68,
            words[1].utf8.allSatisfy(Self.isBase64)
        else { return nil }
        text = "\(words[0]) \(words[1])"
    }

    /// The file that holds the key of the machine on the disk `disk`.
    static func file(of disk: String) -> String { "\(disk).known_hosts" }

    /// Writes it beside `disk`, never over another one.
    func keep(beside disk: String) throws(SystemError) {
        try SecretFile.create(Self.file(of: disk), "\(Self.alias) \(text)\n", setting: "DISKFILE")
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
