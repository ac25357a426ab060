import Glibc
import Installer

/// Leads from the installer's tarball to a running server. See untochat-setup(1).
@main struct UntochatSetup {
    static func main() {
        do {
            let invocation = try Invocation(CommandLine.arguments.dropFirst())
            switch invocation {
            case .help: print(Invocation.helpText, terminator: "")
            case .version: print("untochat-setup 1.0")
            case .createConfiguration(let options): try CreateConfiguration.run(options)
            case .guest(let guest): try guest.run()
            case .boot(let boot): try boot.run()
            case .serve(let serve): try serve.run()
            case .findURL(let search): try search.run()
            case .runAnsible(let run): try run.run()
            case .counterfeit(let make): try make.run()
            case .doctor: if !InstallerDoctor.run() { exit(1) }
            }
        } catch let misuse as Misuse {
            complain("\(misuse.description)\nTry: untochat-setup --help", 2)
        } catch is Interrupted {
            complain("interrupted; nothing was written", 130)
        } catch {
            complain("\(error)", 1)
        }
    }

    private static func complain(_ text: String, _ status: Int32) -> Never {
        let lines = text.split(separator: "\n").map { "untochat-setup: \($0)\n" }.joined()
        let bytes = Array(lines.utf8)
        _ = write(2, bytes, bytes.count)
        exit(status)
    }
}
