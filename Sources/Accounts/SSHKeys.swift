/// Public keys for logging in, as sshd reads them. Source: sshd(8), AUTHORIZED_KEYS FILE FORMAT.
public enum SSHKeys {
    static let types = [
        "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa",
    ]

    /// The keys with nothing else: no options, which could run commands, and no comments, which tell whose they are.
    /// `nil` when there is none, or a line that is no key.
    public static func clean(_ text: String) -> String? {
        var result = ""
        for line in AccountTables.lines(text) where line.utf8.first != 0x23 {
            let field = line.utf8.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if field.isEmpty { continue }
            guard field.count >= 2 else { return nil }
            let type = String(decoding: field[0], as: UTF8.self)
            // Whatever the type, the first bytes are the length of its name: AAAA in base64.
            guard types.contains(type), field[1].count >= 64, field[1].starts(with: Array("AAAA".utf8)),
                field[1].allSatisfy(isBase64)
            else { return nil }
            result += type + " " + String(decoding: field[1], as: UTF8.self) + "\n"
        }
        return result.isEmpty ? nil : result
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x30 && byte <= 0x39)
            || byte == 0x2B || byte == 0x2F || byte == 0x3D
    }
}
