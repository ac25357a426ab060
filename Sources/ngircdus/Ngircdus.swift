import ChatDaemon
import Glibc

/// The chat daemon. See ngircdus(8).
@main struct Ngircdus {
    /// As sysexits(3) would have it nobody asks: 0 ended as told, 1 refused or failed, 2 misused.
    static func main() {
        let arguments = CommandLine.arguments
        do {
            let invocation = try Invocation(arguments: arguments.dropFirst())
            switch invocation.action {
            case .help: print(Invocation.help, terminator: "")
            case .version: print(Daemon.nameAndVersion)
            case .testConfiguration: exit(ConfigurationTest.run(invocation.configurationFile) ? 0 : 1)
            case .serve: try Daemon.serve(invocation, arguments: arguments)
            }
        } catch let misuse as Invocation.Misuse {
            complain("\(misuse.text)\n\(Invocation.help)", 2)
        } catch {
            complain("\(error)\n", 1)
        }
    }

    private static func complain(_ text: String, _ status: Int32) -> Never {
        let line = Array("ngircdus: \(text)".utf8)
        _ = write(2, line, line.count)
        exit(status)
    }
}
