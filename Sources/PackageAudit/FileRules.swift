import RPMKit

/// The rules for one file as the header describes it. Pure. Each returns a reason, or nil where all is well.
enum FileRules {
    static func privileges(_ file: PackagedFile) -> String? {
        if !file.capabilities.isEmpty { return "it has the capabilities '\(file.capabilities)'" }
        // inode(7): the type is in the upper four bits.
        switch file.mode & 0o170000 {
        case 0o020000, 0o060000: return "it is a device node"
        case 0o010000: return "it is a FIFO"
        case 0o140000: return "it is a socket"
        default: break
        }
        let bits = [(0o4000, "setuid"), (0o2000, "setgid"), (0o1000, "sticky")]
            .filter { file.mode & $0.0 != 0 }.map(\.1)
        return bits.isEmpty ? nil : "it is \(bits.joined(separator: " and ")) (mode \(octal(file.mode)))"
    }

    static func worldWritable(_ file: PackagedFile) -> String? {
        // A symbolic link's own mode is always 0777 and means nothing.
        guard !file.isSymbolicLink, file.mode & 0o002 != 0 else { return nil }
        return "everyone may write it (mode \(octal(file.mode)))"
    }

    static func owners(_ file: PackagedFile) -> String? {
        file.owner == "root" && file.group == "root" ? nil : "it belongs to \(file.owner):\(file.group), not root:root"
    }

    private static func octal(_ mode: UInt16) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
