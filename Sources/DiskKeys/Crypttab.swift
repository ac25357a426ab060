/// One line of /etc/crypttab: crypttab(5).
public struct CrypttabEntry: Sendable, Equatable {
    /// Where the device is, as a path: UUID= and its relatives are resolved to the links that udev makes.
    public var device: String
    /// A header that lies elsewhere.
    public var header: String?
    /// The system starts without it.
    public var mayBeAbsent: Bool

    public init(device: String, header: String? = nil, mayBeAbsent: Bool = false) {
        self.device = device
        self.header = header
        self.mayBeAbsent = mayBeAbsent
    }
}

public enum Crypttab {
    /// The entries that can be LUKS. What the options call plain, TrueCrypt or BitLocker has no key slots, and a line
    /// without a device means nothing.
    public static func entries(of text: String) -> [CrypttabEntry] {
        text.utf8.split(separator: 0x0A).compactMap { line in
            let fields = line.split { $0 == 0x20 || $0 == 0x09 }.map { word($0) }
            guard fields.count >= 2, fields[0].utf8.first != UInt8(ascii: "#") else { return nil }
            let options = fields.count > 3 ? fields[3].utf8.split(separator: 0x2C).map { word($0) } : []
            guard !options.contains(where: { isOtherFormat($0) }) else { return nil }
            var entry = CrypttabEntry(device: path(of: fields[1]))
            for option in options {
                if option == "noauto" || option == "nofail" { entry.mayBeAbsent = true }
                if let header = value(of: "header=", in: option) { entry.header = path(of: header) }
            }
            return entry
        }
    }

    private static func isOtherFormat(_ option: String) -> Bool {
        ["plain", "swap", "tmp", "tcrypt", "tcrypt-system", "tcrypt-hidden", "tcrypt-veracrypt", "bitlk"].contains(
            option)
            || value(of: "tmp=", in: option) != nil
    }

    private static func path(of name: String) -> String {
        for (prefix, folder) in [
            ("UUID=", "by-uuid/"), ("PARTUUID=", "by-partuuid/"), ("LABEL=", "by-label/"),
            ("PARTLABEL=", "by-partlabel/"),
        ] {
            if let rest = value(of: prefix, in: name) { return "/dev/disk/" + folder + unquoted(rest) }
        }
        return name
    }

    private static func unquoted(_ quoted: String) -> String { word(quoted.utf8.filter { $0 != 0x22 }) }

    private static func value(of prefix: String, in field: String) -> String? {
        field.utf8.starts(with: prefix.utf8) ? word(field.utf8.dropFirst(prefix.utf8.count)) : nil
    }

    private static func word(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
