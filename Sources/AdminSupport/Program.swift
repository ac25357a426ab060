import CAdminTools

/// Programs of the system's, with an environment of ours: PATH and LC_ALL, and nothing that somebody else set.
public enum Program {
    /// How a program ended, and what it said.
    public struct Said {
        /// The exit status; 128 and more for a signal, a negative errno where it did not run.
        public let status: Int32
        /// Both outputs, as far as there was room.
        public let text: String
    }

    /// Runs the program at `path` to its end.
    ///
    /// - Parameter room: how much it may say, in bytes; what comes after that is lost.
    public static func run(
        _ path: String, _ arguments: [String], input: UnsafeBufferPointer<UInt8>? = nil, room: Int
    ) -> Said {
        var buffer = [UInt8](repeating: 0, count: room)
        var size = buffer.count
        var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { word in
            let bytes = [UInt8](word.utf8)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            for (index, byte) in bytes.enumerated() { (copy + index).initialize(to: CChar(bitPattern: byte)) }
            (copy + bytes.count).initialize(to: 0)
            return copy
        }
        pointers.append(nil)
        let status = cadmin_run(&pointers, input?.baseAddress, input?.count ?? 0, &buffer, &size)
        for pointer in pointers { pointer?.deallocate() }
        return Said(status: status, text: String(decoding: buffer[..<size], as: UTF8.self))
    }

    /// Why a program did not run, from its negative status.
    public static func reason(_ status: Int32) -> String { String(cString: cadmin_error(status)) }
}
