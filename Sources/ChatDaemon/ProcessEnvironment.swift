import CChatDaemon

/// The environment as it is now, in order, as bytes that may be no UTF-8.
struct ProcessEnvironment: Sendable, Equatable {
    var entries: [[UInt8]]

    static func current() -> ProcessEnvironment {
        var entries: [[UInt8]] = []
        guard var next = chatd_environment() else { return ProcessEnvironment(entries: []) }
        while let entry = next.pointee {
            entries.append(Array(UnsafeRawBufferPointer(start: entry, count: length(of: entry))))
            next += 1
        }
        return ProcessEnvironment(entries: entries)
    }

    private static func length(of string: UnsafePointer<CChar>) -> Int {
        var count = 0
        while string[count] != 0 { count += 1 }
        return count
    }

    /// The value of the first entry of that name.
    subscript(name: String) -> String? {
        let prefix = Array("\(name)=".utf8)
        return entries.first { $0.starts(with: prefix) }.map {
            String(decoding: $0.dropFirst(prefix.count), as: UTF8.self)
        }
    }

    /// The same without what the Swift runtime and its libraries obey: with SWIFT_BACKTRACE the runtime runs a program
    /// of the setter's choice when this one crashes. Every name that begins like theirs goes: the next version may
    /// know more.
    func withoutRuntimeSwitches() -> ProcessEnvironment {
        let prefixes = ["SWIFT", "LIBDISPATCH"].map { Array($0.utf8) }
        return ProcessEnvironment(entries: entries.filter { entry in !prefixes.contains { entry.starts(with: $0) } })
    }
}

/// Starts the program again where its environment holds a switch of the Swift runtime, which has read it before `main`.
/// Returns when there is none.
func scrubEnvironment(arguments: [String]) throws(DaemonError) {
    let environment = ProcessEnvironment.current()
    let clean = environment.withoutRuntimeSwitches()
    guard clean != environment else { return }
    withCStrings(arguments.map { Array($0.utf8) }) { arguments in
        withCStrings(clean.entries) { entries in
            _ = chatd_exec_again(arguments, entries)
        }
    }
    throw DaemonError(
        "the environment has a variable for the Swift runtime, and starting again without it failed",
        hint: "unset every variable whose name begins with SWIFT or LIBDISPATCH")
}

/// The strings as C wants them, with a null pointer after the last.
private func withCStrings(_ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Void) {
    // One block for all: pointers into it stay good while the closure runs.
    var block: [CChar] = []
    var offsets: [Int] = []
    for string in strings {
        offsets.append(block.count)
        block += string.map { CChar(bitPattern: $0) } + [0]
    }
    block.withUnsafeMutableBufferPointer { bytes in
        let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } } + [nil]
        pointers.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
}
