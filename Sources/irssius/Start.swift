import CChatClient
import CPosix
import ChatClient
import Confinement

/// What the program is started with, once it may start.
struct Start {
    let session: Session
    /// Of the chat server, on 127.0.0.1.
    var port: UInt16 = 6667
    private var home: Bytes
    private var systemFile = Bytes("/opt/etc/irssius.conf")
    /// In bytes; what `Configuration` takes at most.
    private static let fileLimit = 65536

    #if UNTOCHAT_PACKAGED
        init() throws(Refusal) {
            session = try enter(.irssius)
            home = session.home
        }
    #else
        /// A build for development, which runs for anybody on any machine. `--port N`, `--home FOLDER` and
        /// `--system FILE` say where the server, the user's folder and the system's file are.
        init() throws(Refusal) {
            session = try enterForDevelopment(.irssius)
            home = session.home
            var index: Int32 = 1
            while index < cposix_argument_count() {
                guard let name = cposix_argument(index), let value = cposix_argument(index + 1) else {
                    throw .argumentsGiven
                }
                let (option, text) = (Bytes(copying: name), Bytes(copying: value))
                switch option {
                case Bytes("--port"):
                    let number = text.reduce(0) { min($0 * 10 + Int($1) - 48, 100_000) }
                    guard text.allSatisfy({ $0 >= 48 && $0 <= 57 }), number > 0, number < 65536 else {
                        throw .argumentsGiven
                    }
                    port = UInt16(number)
                case Bytes("--home"): home = text
                case Bytes("--system"): systemFile = text
                default: throw .argumentsGiven
                }
                index += 2
            }
        }
    #endif

    /// From the two files. The user's own is made when there is none.
    func readConfiguration(for user: User) -> Configuration {
        var buffer = Bytes(repeating: 0, count: Start.fileLimit)
        let systemCount = cchat_read_file(systemFile.cString, &buffer, buffer.count)
        let system = systemCount >= 0 ? Bytes(buffer[..<systemCount]) : nil
        let count = cchat_read_personal(home.cString, session.uid, &buffer, buffer.count)
        if count == CCHAT_ABSENT, let system {
            let own = Configuration.personal(from: system, for: user)
            _ = cchat_write_personal(home.cString, session.uid, own, own.count)
        }
        return Configuration(
            system: system, personal: count >= 0 ? Bytes(buffer[..<count]) : nil, user: user,
            isPersonalUnreadable: count == -1)
    }
}
