import CPosix
import CTorTools
import TorService

/// A conversation with the running tor.
struct TorConnection: ~Copyable {
    private let socket: Int32
    private var reader = ControlReader()

    private init(_ socket: Int32) { self.socket = socket }

    /// `nil` where tor does not answer, or does not let us in.
    static func open(_ places: Places) -> TorConnection? {
        let socket = ctor_connect(places.control)
        guard socket >= 0 else { return nil }
        var connection = TorConnection(socket)
        guard connection.ask("AUTHENTICATE" + cookie(places))?.isSuccess == true else { return nil }
        return connection
    }

    deinit { cposix_close(socket) }

    /// Sends one command and gives the answer; events before it are dropped.
    mutating func ask(_ command: String) -> ControlReply? {
        let bytes = Array((command + "\r\n").utf8)
        guard cposix_write(socket, bytes, bytes.count) == 0 else { return nil }
        while let reply = next() {
            if !reply.isEvent { return reply }
        }
        return nil
    }

    /// Has tor read its configuration again, and waits until it has.
    mutating func reload() -> Bool {
        guard ask("SETEVENTS SIGNAL")?.isSuccess == true, ask("SIGNAL RELOAD")?.isSuccess == true else { return false }
        while let reply = next() {
            if reply.isEvent, reply.lines.first == "SIGNAL RELOAD" { return true }
        }
        return false
    }

    private mutating func next() -> ControlReply? {
        var byte: UInt8 = 0
        while !reader.isBroken, cposix_read(socket, &byte, 1) == 1 {
            if let reply = reader.take(byte) { return reply }
        }
        return nil
    }

    /// What is said with AUTHENTICATE: the cookie in hexadecimal, or nothing where tor wants none.
    private static func cookie(_ places: Places) -> String {
        let folder = ctor_open_folder(CPOSIX_WORKING_DIRECTORY, places.cookieFolder)
        guard folder >= 0 else { return "" }
        defer { cposix_close(folder) }
        var bytes = [UInt8](repeating: 0, count: 32)
        guard ctor_read_file(folder, places.cookie, &bytes, bytes.count) == 32 else { return "" }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [0x20]
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
