import CChatDaemon
import ChatServer
import NIOCore
import NIOPosix

/// Carries bytes between sockets and the switchboard, on one event loop. The only file that knows SwiftNIO.
///
/// What the clients of one turn of the loop send is taken first, and what it leads to is written afterwards: one write
/// for each client however many lines it gets. That write goes to the socket directly, since a channel's own path
/// costs half as much again as the system call (2.5 µs of 7 for each of 5,000 clients); what the kernel does not take
/// at once is the channel's to bring.
final class Transport: Lines {
    private let loop: EventLoop
    private let switchboard: Switchboard
    /// Who is at the other end of an accepted socket.
    private let identify: (Int32) -> Peer?
    private let carryOut: (Switchboard.Requests) -> Void
    /// By the place of the client.
    private var connections: [Connection?] = []
    /// Connections from when they were accepted until they are closed, whether the server knows them or not.
    fileprivate var openConnections = 0 {
        didSet { if openConnections == 0 { whenEmpty?() } }
    }
    /// What waits for the last connection to be closed.
    private var whenEmpty: (() -> Void)?
    /// Bytes that wait for clients that do not read, all together.
    private var waitingBytes = 0
    private let connectionLimit: Int
    private var listeners: [Channel] = []
    private var isTurnScheduled = false
    private var pace = TurnPace()
    private var isWriting = false
    private var tickAt: Int64 = .max
    private let allocator = ByteBufferAllocator()
    private let direct = DirectOutput()
    /// Connections that broke, of which the server hears at the end of the turn: they may have broken while effects
    /// were carried out.
    private var losses: [(client: ClientID, loss: Loss)] = []

    /// Bytes that may wait for one client that does not read, and for all such clients together. A client that joins a
    /// channel of thousands is owed half a megabyte at once.
    private static let waitingLimit = 1 << 20
    private static let waitingLimitForAll = 64 << 20
    /// What each gets when all together wait for too much.
    private static let waitingLimitInNeed = 32 << 10
    /// Descriptors kept free for files and for connections that are accepted only to be closed.
    private static let spareDescriptors = 64

    init(
        loop: EventLoop, switchboard: Switchboard, descriptors: Int, identify: @escaping (Int32) -> Peer?,
        carryOut: @escaping (Switchboard.Requests) -> Void
    ) {
        self.loop = loop
        self.switchboard = switchboard
        self.identify = identify
        self.carryOut = carryOut
        connectionLimit = max(1, descriptors - Transport.spareDescriptors)
        switchboard.lines = self
    }

    // MARK: Start and end

    /// Makes this thread the event loop. The loop ends with the process: its own way to end needs another thread.
    static func run(_ start: @escaping (EventLoop) -> Void) {
        MultiThreadedEventLoopGroup.withCurrentThreadAsEventLoop(start)
    }

    /// Begins to accept connections.
    func listen(on sockets: [Int32], then ready: @escaping (Result<Void, DaemonError>) -> Void) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let bootstrap = ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let transport = bound.value
                    guard transport.openConnections < transport.connectionLimit else { throw ChannelError.eof }
                    try Transport.tune(channel)
                    try channel.pipeline.syncOperations.addHandler(Connection(transport))
                }
            }
        let futures = sockets.map { bootstrap.withBoundSocket($0) }
        EventLoopFuture.whenAllSucceed(futures, on: loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channels):
                self.listeners = channels
                // SwiftNIO has told them to listen again, with a queue of 128.
                sockets.forEach(Listeners.lengthenQueue)
                self.endTurnSoon()
                ready(.success(()))
            case .failure(let error): ready(.failure(DaemonError("cannot listen: \(error)")))
            }
        }
    }

    /// Here and not in the bootstrap, which takes a future for each option.
    private static func tune(_ channel: Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.maxMessagesPerRead, value: 4)
        // Most reads are one short line, and each idle client keeps its buffer.
        try options.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512))
        // So that a channel tells when all that waited is gone.
        try options.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
    }

    /// Hands records of `size` bytes from a descriptor to `body`.
    func watch(_ descriptor: Int32, recordSize size: Int, body: @escaping (UnsafeRawBufferPointer) -> Void) {
        let reader = NIOLoopBound(RecordReader(size: size, body: body), eventLoop: loop)
        NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(reader.value) }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .whenFailure { preconditionFailure("the signal descriptor cannot be watched: \($0)") }
    }

    func every(microseconds: Int64, _ body: @escaping () -> Void) {
        loop.assumeIsolated().scheduleTask(in: .microseconds(microseconds)) { [self] in
            body()
            every(microseconds: microseconds, body)
        }
    }

    /// Runs something as if a client had caused it.
    func perform(_ body: () -> Void) {
        body()
        endTurnSoon()
    }

    /// Stops listening, and calls `done` when the last connection is closed, or when `seconds` have passed.
    func leave(within seconds: Int64, then done: @escaping () -> Void) {
        for listener in listeners { listener.close(promise: nil) }
        listeners = []
        let isolated = loop.assumeIsolated()
        // Not in the middle of what closes it.
        func finish() {
            guard whenEmpty != nil else { return }
            whenEmpty = nil
            isolated.execute(done)
        }
        whenEmpty = finish
        isolated.scheduleTask(in: .seconds(seconds)) { finish() }
        if openConnections == 0 { finish() }
    }

    // MARK: What connections tell

    fileprivate func opened(_ connection: Connection, _ context: ChannelHandlerContext) {
        let socket = try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let socket, let peer = identify(socket) else { return context.close(promise: nil) }
        connection.socket = socket
        switchboard.connected(peer) { client in
            connection.client = client
            while connections.count <= Int(client.slot) { connections.append(nil) }
            connections[Int(client.slot)] = connection
            direct.open(client.slot, socket)
        }
        endTurnSoon()
    }

    fileprivate func received(_ buffer: ByteBuffer, on connection: Connection) {
        guard let client = connection.client else { return }
        pace.read()
        buffer.withUnsafeReadableBytes { switchboard.received($0, from: client) }
        endTurnSoon()
    }

    fileprivate func lost(_ connection: Connection, because loss: Loss) {
        setWaiting(0, for: connection)
        guard let client = connection.client else { return }
        detach(connection, client)
        losses.append((client, loss))
        endTurnSoon()
    }

    fileprivate func drained(_ connection: Connection) {
        setWaiting(0, for: connection)
        if let client = connection.client { direct.open(client.slot, connection.socket) }
    }

    /// From here on nothing is written to the client, and its place may become another's.
    private func detach(_ connection: Connection, _ client: ClientID) {
        switchboard.turn.forget(client.slot)
        connection.client = nil
        connections[Int(client.slot)] = nil
        direct.close(client.slot)
    }

    private func setWaiting(_ bytes: Int, for connection: Connection) {
        waitingBytes += bytes - connection.waitingBytes
        connection.waitingBytes = bytes
    }

    // MARK: Turns

    private func endTurnSoon() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        loop.assumeIsolated().execute { [self] in endTurn() }
    }

    private func endTurn() {
        if pace.goesOn(at: chatd_monotonic_microseconds()) {
            loop.assumeIsolated().scheduleTask(in: .microseconds(TurnPace.pauseMicroseconds)) { [self] in endTurn() }
            return
        }
        isTurnScheduled = false
        tellLosses()
        writeAll()
        if let deadline = switchboard.deadline, deadline < tickAt { scheduleTick(at: deadline) }
        let requests = switchboard.endTurn()
        if !requests.isEmpty { carryOut(requests) }
    }

    /// What that leads to may break others: they wait for the next turn.
    private func tellLosses() {
        guard !losses.isEmpty else { return }
        let broken = losses
        losses = []
        for lost in broken { switchboard.lost(lost.client, because: lost.loss) }
    }

    private func scheduleTick(at deadline: Int64) {
        tickAt = deadline
        let wait = max(1, deadline - switchboard.uptime)
        loop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { [self] in
            // An earlier one has taken its place.
            guard tickAt == deadline else { return }
            tickAt = .max
            switchboard.tick()
            endTurnSoon()
        }
    }

    // MARK: Lines

    func write(_ bytes: [UInt8], to client: ClientID) {
        if !isWriting, direct.isOpen(client.slot), connection(client) != nil {
            direct.write(switchboard.turn, to: client.slot) { hand($0, client.slot) }
            switchboard.turn.forget(client.slot)
        }
        // That may have been too much already.
        guard !isWriting, direct.isOpen(client.slot), connection(client) != nil else {
            return switchboard.turn.add(bytes, to: client)
        }
        bytes.withUnsafeBytes { direct.write($0, to: client.slot) { hand($0, client.slot) } }
    }

    /// The connection of a client that is still there.
    private func connection(_ client: ClientID) -> Connection? {
        guard Int(client.slot) < connections.count, let connection = connections[Int(client.slot)],
            connection.client == client
        else { return nil }
        return connection
    }

    func writeAll() {
        guard !isWriting else { return }
        isWriting = true
        defer { isWriting = false }
        while !switchboard.turn.touched.isEmpty {
            let overfull = writeTurn(switchboard.turn)
            switchboard.turn.clear()
            for connection in overfull { drop(connection) }
        }
        switchboard.turn.clear()
    }

    /// Returns those that are owed too much.
    private func writeTurn(_ turn: Turn) -> [Connection] {
        var overfull: [Connection] = []
        for slot in turn.touched {
            if direct.isOpen(slot) {
                direct.write(turn, to: slot) { hand($0, slot) }
            } else if Int(slot) < connections.count, let connection = connections[Int(slot)],
                !queue(turn, slot, connection)
            {
                overfull.append(connection)
            }
        }
        return overfull
    }

    /// To the channel, which goes on when the kernel takes more. A copy of its own: a part of what all share would
    /// keep the whole in memory while a slow client has not read it.
    private func hand(_ bytes: UnsafeRawBufferPointer, _ slot: UInt32) {
        guard let connection = connections[Int(slot)], let context = connection.context else { return }
        direct.close(slot)
        var buffer = allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.writeAndFlush(NIOAny(buffer), promise: nil)
        setWaiting(waiting(context), for: connection)
        if connection.waitingBytes == 0, connection.client != nil { direct.open(slot, connection.socket) }
    }

    /// To a client for which bytes wait already. False where it would be too much.
    private func queue(_ turn: Turn, _ slot: UInt32, _ connection: Connection) -> Bool {
        let count = turn.size(of: slot)
        guard count > 0, let context = connection.context else { return true }
        setWaiting(waiting(context), for: connection)
        let limit =
            waitingBytes > Transport.waitingLimitForAll ? Transport.waitingLimitInNeed : Transport.waitingLimit
        guard connection.waitingBytes + count <= limit else { return false }
        var all: [UInt8] = []
        all.reserveCapacity(count)
        turn.forEachPiece(of: slot) { all.append(contentsOf: turn.bytes[$0]) }
        all.withUnsafeBytes { hand($0, slot) }
        return true
    }

    private func waiting(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Lets a client go that does not read.
    private func drop(_ connection: Connection) {
        guard let client = connection.client, let context = connection.context else { return }
        detach(connection, client)
        switchboard.lost(client, because: .outputLimit)
        context.close(promise: nil)
    }

    func close(_ client: ClientID) {
        guard let connection = connection(client), let context = connection.context else {
            return switchboard.turn.forget(client.slot)
        }
        var last = allocator.buffer(capacity: switchboard.turn.size(of: client.slot))
        switchboard.turn.forEachPiece(of: client.slot) { last.writeBytes(switchboard.turn.bytes[$0]) }
        detach(connection, client)
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.writeAndFlush(NIOAny(last)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        guard waiting(context) > 0 else { return }
        // A client that does not read its goodbye does not stay for ever.
        let channel = context.channel
        loop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    func setReading(_ client: ClientID, _ isReading: Bool) {
        guard let context = connection(client)?.context else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
        if isReading { context.read() }
    }
}

/// One client's connection.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private unowned let transport: Transport
    fileprivate var context: ChannelHandlerContext?
    /// Nil before it is known to the server, and when the server has done with it.
    fileprivate var client: ClientID?
    /// Bytes that the kernel has not taken, as of the last time that somebody looked.
    fileprivate var waitingBytes = 0
    fileprivate var socket: Int32 = -1

    init(_ transport: Transport) { self.transport = transport }

    func handlerAdded(context: ChannelHandlerContext) { transport.openConnections += 1 }
    func handlerRemoved(context: ChannelHandlerContext) { transport.openConnections -= 1 }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        transport.opened(self, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        transport.received(unwrapInboundIn(data), on: self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { transport.drained(self) }
    }

    func channelInactive(context: ChannelHandlerContext) { end(.closed) }

    func errorCaught(context: ChannelHandlerContext, error: Error) {
        end(.broken)
        context.close(promise: nil)
    }

    private func end(_ loss: Loss) {
        context = nil
        transport.lost(self, because: loss)
    }
}

/// Stops accepting for a while where the system has no more descriptors or memory; the loop would be told of the same
/// waiting connection again and again.
private final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = Channel

    func errorCaught(context: ChannelHandlerContext, error: Error) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .milliseconds(500)) {
            try? channel.syncOptions?.setOption(.autoRead, value: true)
            channel.read()
        }
    }
}

/// Cuts what comes from a descriptor into records.
private final class RecordReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let size: Int
    private let body: (UnsafeRawBufferPointer) -> Void

    init(size: Int, body: @escaping (UnsafeRawBufferPointer) -> Void) {
        self.size = size
        self.body = body
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        while let record = buffer.readSlice(length: size) { record.withUnsafeReadableBytes(body) }
    }
}
