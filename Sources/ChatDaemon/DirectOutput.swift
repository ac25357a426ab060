import CChatDaemon

/// Writes to sockets whose clients have taken everything so far, past the channels that own them. A table of small
/// numbers: a line to thousands passes over all of it.
///
/// A socket leaves the table before it is closed, or in the same call, so that its number cannot be another client's.
final class DirectOutput {
    /// By the place of the client; -1 where there is none, or where bytes wait already.
    private var sockets: [Int32] = []
    /// For what comes in many pieces; used again for every client.
    private var scratch: [UInt8] = []

    func open(_ slot: UInt32, _ socket: Int32) {
        while sockets.count <= Int(slot) { sockets.append(-1) }
        sockets[Int(slot)] = socket
    }

    func close(_ slot: UInt32) {
        if Int(slot) < sockets.count { sockets[Int(slot)] = -1 }
    }

    func isOpen(_ slot: UInt32) -> Bool { Int(slot) < sockets.count && sockets[Int(slot)] >= 0 }

    /// Writes what a turn has for a client: a part of what all share where that is one piece, otherwise a copy in one.
    ///
    /// - Parameter rest: gets what the kernel did not take.
    func write(_ turn: Turn, to slot: UInt32, rest: (UnsafeRawBufferPointer) -> Void) {
        turn.bytes.withUnsafeBytes { bytes in
            var first: Range<Int>?
            scratch.removeAll(keepingCapacity: true)
            turn.forEachPiece(of: slot) { piece in
                if let first {
                    if scratch.isEmpty { scratch.append(contentsOf: bytes[first]) }
                    scratch.append(contentsOf: bytes[piece])
                } else {
                    first = piece
                }
            }
            guard let first else { return }
            if scratch.isEmpty {
                write(UnsafeRawBufferPointer(rebasing: bytes[first]), to: slot, rest: rest)
            } else {
                scratch.withUnsafeBytes { write($0, to: slot, rest: rest) }
            }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, to slot: UInt32, rest: (UnsafeRawBufferPointer) -> Void) {
        let sent = chatd_send(sockets[Int(slot)], bytes.baseAddress, bytes.count)
        // A broken connection is told by the loop.
        guard sent >= 0, sent < bytes.count else { return }
        rest(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    }
}
