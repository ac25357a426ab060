import Foundation
import IRCHarness
import TerminalFixtures

/// What a chat user sees: irssius's bytes on a terminal that takes nothing but the painter's own sequences. The painter
/// leaves out what is there already, so texts are looked for on the screen and not among the bytes.
final class ChatScreen {
    static let columns = 80
    static let rows = 24
    let login: Login
    private var bytes: [UInt8] = []

    /// From the moment that the client takes the terminal over.
    init(_ login: Login) throws {
        self.login = login
        login.resize(columns: UInt16(ChatScreen.columns), rows: UInt16(ChatScreen.rows))
        guard login.expect(String(decoding: Irssius.dialect.enter, as: UTF8.self)) != nil else {
            throw HarnessError("irssius does not start: " + login.rest())
        }
    }

    /// The screen as it is now. What came of a sequence or a character that is not whole yet is left for later.
    var terminal: StrictTerminal {
        collect()
        var whole = bytes[...]
        if let escape = whole.lastIndex(of: 0x1B), !whole[escape...].contains(where: { $0 >= 0x40 && $0 != 0x5B }) {
            whole = whole[..<escape]
        }
        while let last = whole.last, last >= 0x80, String(validating: whole, as: UTF8.self) == nil {
            whole = whole.dropLast()
        }
        var terminal = StrictTerminal(columns: ChatScreen.columns, rows: ChatScreen.rows)
        terminal.receive(Array(whole))
        return terminal
    }

    var text: String {
        let terminal = terminal
        return (0..<ChatScreen.rows).map { terminal.row($0) }.joined(separator: "\n")
    }

    /// Keeps the client from waiting for its terminal while somebody else is busy.
    func collect() { bytes += login.shown() }

    /// Waits until the screen shows a text.
    func shows(_ text: String, within seconds: Int = 20) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !self.text.contains(text) {
            guard ContinuousClock.now < deadline, login.exit(within: 0) == .stillRunning else {
                throw HarnessError("no \"\(text)\" on:\n\(self.text)")
            }
            login.waitForMore(milliseconds: 200)
        }
    }
}
