import CPosix
import Confinement
import RestrictedShell

/// The login shell of a chat user. See untosh(8).
@main struct Untosh {
    static func main() {
        switch run() {
        case .left: cposix_exit(0)
        case .lost: cposix_exit(1)
        case .signal(let number):
            cposix_die_by(number)
            cposix_exit(1)
        }
    }

    private static func run() -> Shell.Ending {
        let session: Session
        do throws(Refusal) {
            session = try enter(.untosh)
        } catch {
            report(error.message, by: .untosh)
            return .lost
        }
        do throws(SessionLock.Refusal) {
            var shell = Shell(session: session, lock: try SessionLock(for: session), idleLimit: idleLimit)
            return shell.run()
        } catch {
            report(error.message, by: .untosh)
            return .lost
        }
    }

    /// In milliseconds.
    private static var idleLimit: Int64 {
        #if UNTOCHAT_TEST_SWITCHES
            // In seconds, so that a test need not wait for half an hour.
            if let seconds = initialEnvironmentValue("UNTOCHAT_TEST_IDLE") {
                return seconds.reduce(0) { $0 * 10 + Int64($1) - 48 } * 1000
            }
        #endif
        return IdleLimit.standard
    }
}
