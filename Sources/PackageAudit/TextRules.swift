/// Rules that look for texts in raw bytes. Pure.
enum TextRules {
    /// What every switch for tests begins with; written in two parts so that this program does not hold it.
    private static let testSwitch = ["UNTOCHAT_", "TEST_"].joined()

    static func testSwitches(_ bytes: [UInt8]) -> Verdict {
        guard let offset = ByteSearch.first([UInt8](testSwitch.utf8), in: bytes) else { return .yes }
        return .no("it holds the test switch '\(ByteSearch.excerpt(offset, in: bytes))'")
    }

    /// The Swift runtime's environment variables: SWIFT_BACKTRACE lets whoever sets it run a program of their choice.
    /// Source: swift/stdlib/public/runtime/EnvironmentVariables.def and Backtrace.cpp.
    private static let runtimePrefixes = [
        "SWIFT_BACKTRACE", "SWIFT_DEBUG_", "SWIFT_DETERMINISTIC_HASHING", "SWIFT_ROOT",
        "SWIFT_BINARY_COMPATIBILITY_VERSION", "SWIFT_ENABLE_", "SWIFT_IS_CURRENT_EXECUTOR",
    ]

    static func runtimeSwitches(_ bytes: [UInt8]) -> Verdict {
        for prefix in runtimePrefixes {
            guard let offset = ByteSearch.first([UInt8](prefix.utf8), in: bytes) else { continue }
            return .no("it obeys the environment variable \(ByteSearch.excerpt(offset, in: bytes))")
        }
        return .yes
    }
}

/// What a program holds that carries the Swift library instead of asking for it. Pure.
enum SwiftRuntime {
    /// How its own paths begin: its demangler names the source file that swift.org compiled, and libdispatch the log
    /// file that LIBDISPATCH_LOG asks for. Both are the same for everyone.
    static let paths = ["/home/build-user/swift/", "/var/tmp/libdispatch."]

    static func isIn(_ bytes: [UInt8]) -> Bool {
        ByteSearch.first([UInt8]("SWIFT_BACKTRACE=".utf8), in: bytes) != nil
    }
}

/// The rules against traces of the build machine. Pure.
enum LeakRules {
    /// An ELF file: known traces, then the patterns.
    static func elf(_ bytes: [UInt8], _ policy: AuditPolicy) -> Verdict {
        let known = content(bytes, policy)
        if known.answer == .no { return known }
        if let hit = LeakPattern.firstOccurrence(in: bytes, outside: policy.neutralFolders) {
            return .no("it holds a path of a build machine: '\(ByteSearch.excerpt(hit.offset, in: bytes))'")
        }
        for mark in compilerMarks {
            guard let offset = ByteSearch.first([UInt8](mark.utf8), in: bytes) else { continue }
            return .no("it names what it was built with: '\(ByteSearch.excerpt(offset, in: bytes))'")
        }
        return .yes
    }

    /// What compilers and linkers write into `.comment`: their version, and often the distribution they come from.
    private static let compilerMarks = ["GCC: (", "clang version ", "Linker: LLD ", "Swift version "]

    /// Any other content: known traces only, for a document may speak of /home.
    ///
    /// - Parameter isSource: it belongs to a source package, and may be the archive with what others published.
    static func content(_ bytes: [UInt8], _ policy: AuditPolicy, isSource: Bool = false) -> Verdict {
        let own = isSource ? SourceTar.own(bytes) : bytes
        for needle in policy.needles {
            let searched = needle.kind.isWord ? own : bytes
            guard let offset = needle.firstOccurrence(in: searched) else { continue }
            let excerpt = ByteSearch.excerpt(offset, in: searched)
            return .no("it holds the builder's \(needle.kind.rawValue) at byte \(offset): '\(excerpt)'")
        }
        return .yes
    }
}
