/// What an ELF file says about its own hardening, its libraries and its symbols. A value: nothing is read after it is
/// made. It judges nothing; the rules are in PackageAudit.
///
/// Everything but `isStripped` comes from the program headers and the dynamic segment, which is what the kernel and
/// the dynamic linker obey: a file without section headers is read just as well.
///
/// Sources: System V gABI, chapters 4 and 5; elf(5); glibc elf/elf.h for the GNU tags.
public struct ELFFile: Sendable, Equatable {
    /// Whether addresses have 32 or 64 bits.
    public enum Class: String, Sendable, Codable { case bits32, bits64 }

    /// `e_type`.
    public enum Kind: Sendable, Equatable {
        case relocatable, executable, shared, core
        case other(UInt16)
    }

    /// What PT_GNU_STACK asks for. Without that header Linux gives an executable stack on x86.
    public enum Stack: String, Sendable, Codable { case notExecutable, executable, unspecified }

    /// A symbol that another file must supply.
    public struct Import: Sendable, Equatable, Hashable {
        /// The name without its version.
        public let name: String
        /// The version node (`GLIBC_2.34`), where the symbol has one.
        public let version: String?
        /// The soname of the library that must have the version node.
        public let library: String?
        /// Whether the program starts without it.
        public let isWeak: Bool
    }

    /// A version node that a library must have, whether or not a symbol in the file uses it.
    public struct VersionNeed: Sendable, Equatable, Hashable {
        /// The soname of the library.
        public let library: String
        /// The node, for example `GLIBC_2.34`.
        public let node: String
    }

    public let elfClass: Class
    /// `e_machine`: 62 is x86-64, 183 is AArch64.
    public let machine: UInt16
    public let kind: Kind
    /// The dynamic linker that the file asks for (PT_INTERP).
    public let interpreter: String?
    /// Whether there is a dynamic segment; a file without one links to nothing.
    public let isDynamic: Bool
    /// ET_DYN that says of itself, by DF_1_PIE, that it is a program and not a library.
    public let isPIE: Bool
    /// Whether there is a PT_GNU_RELRO that covers something.
    public let hasRelro: Bool
    /// DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW.
    public let bindsNow: Bool
    public let stack: Stack
    /// DT_RPATH.
    public let rpath: String?
    /// DT_RUNPATH.
    public let runpath: String?
    /// DT_TEXTREL or DF_TEXTREL.
    public let hasTextRelocations: Bool
    /// How many loaded segments are writable and executable at once.
    public let writableExecutableSegments: Int
    /// DT_SONAME.
    public let soname: String?
    /// DT_NEEDED, in order.
    public let needed: [String]
    /// Every undefined dynamic symbol, in order.
    public let imports: [Import]
    /// Every version node asked for, in order.
    public let versionNeeds: [VersionNeed]
    /// Whether no section holds a symbol table or debug information.
    public let isStripped: Bool

    /// Whether `bytes` begin as every ELF file does. Says nothing about the rest.
    public static func hasMagic(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) }

    /// Whether a symbol of this name is imported, in any version.
    public func imports(_ name: String) -> Bool { imports.contains { $0.name == name } }
}

/// Why bytes are not an ELF file that can be judged. Never a crash: hostile bytes end here.
public struct ELFError: Error, Equatable, CustomStringConvertible, Sendable {
    /// One sentence without the file's name.
    public let reason: String

    init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}
