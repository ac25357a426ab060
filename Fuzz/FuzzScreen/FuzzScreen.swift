import ChatClient
import IRCProtocol
import TerminalFixtures
import TerminalScreen

/// A client that has just connected, on a small terminal.
public func makeClient() -> Client {
    let user = User(name: Array("ann".utf8), realName: Array("Ann".utf8))
    let now = Moment(uptime: 0, unix: 1_795_423_320_000)
    var client = Client(user: user, configuration: Configuration(system: nil, personal: nil, user: user), at: now)
    client.resize(columns: 60, rows: 12)
    _ = client.start(at: now)
    _ = client.connected(at: now)
    return client
}

/// Fails on what a terminal that knows the painter's sequences alone does not take.
public func check(_ bytes: [UInt8], on frame: Frame) {
    var terminal = StrictTerminal(columns: frame.columns, rows: frame.rows)
    terminal.receive(bytes)
    precondition(terminal.violations.isEmpty, "\(terminal.violations)")
}
