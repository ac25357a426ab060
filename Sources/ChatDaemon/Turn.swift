import ChatServer

/// What clients are to be sent at the end of one turn of the event loop. Bytes that many get are kept once; each
/// client has the pieces that are its own, in order, and neighbouring pieces become one. So everything that a turn
/// says to a client is written at once, and a line to a thousand clients costs a thousand small numbers.
struct Turn {
    /// Everything that is said to anybody.
    private(set) var bytes: [UInt8] = []
    /// The places of clients that get something, each once.
    private(set) var touched: [UInt32] = []
    private var pieces: [Piece] = []
    private var chains: [Chain] = []

    private struct Piece {
        var start: UInt32
        var end: UInt32
        var next: Int32
    }

    private struct Chain {
        var first: Int32 = -1
        var last: Int32 = -1
        var bytes: UInt32 = 0
        /// Whether it stands in `touched`; also when it has been forgotten since.
        var isTouched = false
    }

    /// The most bytes that any client gets.
    private var most: UInt32 = 0

    /// Whether so much is waiting that it is to be written before the turn ends.
    var isLarge: Bool { most >= Turn.clientLimit || bytes.count >= Turn.sizeLimit }
    /// 32 KiB: what one write brings to a client whose buffers in the kernel are empty. More at once would wait here,
    /// for each of thousands that join a channel in the same moment.
    private static let clientLimit = 32 << 10
    private static let sizeLimit = 512 << 10

    /// Bytes for one client.
    mutating func add(_ new: [UInt8], to client: ClientID) {
        let start = append(new)
        reserve(client.slot)
        add(start, UInt32(truncatingIfNeeded: bytes.count), to: client.slot)
    }

    /// The same bytes for many, all but one.
    mutating func add(_ new: [UInt8], to clients: [ClientID], except one: ClientID?) {
        let start = append(new)
        let end = UInt32(truncatingIfNeeded: bytes.count)
        var highest: UInt32 = 0
        for client in clients where client.slot > highest { highest = client.slot }
        reserve(highest)
        let exception = one.map(\.slot) ?? .max
        for client in clients where client.slot != exception { add(start, end, to: client.slot) }
    }

    private mutating func append(_ new: [UInt8]) -> UInt32 {
        let start = UInt32(truncatingIfNeeded: bytes.count)
        bytes.append(contentsOf: new)
        return start
    }

    private mutating func reserve(_ slot: UInt32) {
        while chains.count <= Int(slot) { chains.append(Chain()) }
    }

    @inline(__always)
    private mutating func add(_ start: UInt32, _ end: UInt32, to slot: UInt32) {
        let last = chains[Int(slot)].last
        let count = chains[Int(slot)].bytes &+ (end &- start)
        chains[Int(slot)].bytes = count
        if count > most { most = count }
        if last >= 0 {
            if pieces[Int(last)].end == start {
                pieces[Int(last)].end = end
                return
            }
            pieces[Int(last)].next = Int32(truncatingIfNeeded: pieces.count)
        } else {
            chains[Int(slot)].first = Int32(truncatingIfNeeded: pieces.count)
            if !chains[Int(slot)].isTouched {
                chains[Int(slot)].isTouched = true
                touched.append(slot)
            }
        }
        chains[Int(slot)].last = Int32(truncatingIfNeeded: pieces.count)
        pieces.append(Piece(start: start, end: end, next: -1))
    }

    /// How many bytes a client gets.
    func size(of slot: UInt32) -> Int { Int(slot) < chains.count ? Int(chains[Int(slot)].bytes) : 0 }

    /// The places in `bytes` of what a client gets, in order.
    func forEachPiece(of slot: UInt32, _ body: (Range<Int>) -> Void) {
        guard Int(slot) < chains.count else { return }
        var next = chains[Int(slot)].first
        while next >= 0 {
            let piece = pieces[Int(next)]
            body(Int(piece.start)..<Int(piece.end))
            next = piece.next
        }
    }

    /// A client is gone, or has been written to: whoever gets its place next must not get what was meant for it.
    mutating func forget(_ slot: UInt32) {
        guard Int(slot) < chains.count else { return }
        chains[Int(slot)] = Chain(isTouched: chains[Int(slot)].isTouched)
    }

    /// Makes room for the next turn, and gives back the memory of an unusually large one.
    mutating func clear() {
        for slot in touched { chains[Int(slot)] = Chain() }
        touched.removeAll(keepingCapacity: true)
        most = 0
        pieces.removeAll(keepingCapacity: pieces.capacity <= Turn.keptPieces)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Turn.keptBytes)
    }

    private static let keptPieces = 1 << 14
    private static let keptBytes = 1 << 16
}
