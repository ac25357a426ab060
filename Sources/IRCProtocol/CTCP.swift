/// A request or an answer between clients, carried in the text of a PRIVMSG or a NOTICE between two bytes 01
/// (modern.ircdocs.horse, "Client-to-Client Protocol").
public struct CTCP: Sendable {
    /// As it was written: ACTION, VERSION, PING …
    public let command: ArraySlice<UInt8>
    /// What follows the command and a space.
    public let text: ArraySlice<UInt8>

    /// Nil where the text is not CTCP. The closing 01 may be missing.
    public init?(_ message: ArraySlice<UInt8>) {
        guard message.first == 1 else { return nil }
        var body = message.dropFirst()
        if body.last == 1 { body = body.dropLast() }
        command = body.prefix { $0 != UInt8(ascii: " ") }
        guard !command.isEmpty else { return nil }
        text = body[command.endIndex...].dropFirst()
    }
}
