import Foundation
import Testing

/// Every signal that a program can do something about.
private let signals = (1...64).filter { $0 != SIGKILL && $0 != SIGSTOP }
/// These tell something, or belong to job control. The others end the session.
private let harmless: Set<Int32> = [SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH]

extension Untosh {
    private func session(chatting: Bool = false, _ options: Options = Options()) throws -> (Sandbox, Login) {
        let sandbox = try Sandbox()
        let login = try Login(sandbox, options)
        try login.begin()
        if chatting { _ = try login.chat() }
        return (sandbox, login)
    }

    @Test("at the prompt every signal ends the session, but those that mean nothing", arguments: signals)
    func atPrompt(_ signal: Int32) throws {
        let (sandbox, login) = try session()
        // Half a line is waiting, too.
        login.type("he")
        #expect(kill(login.process, signal) == 0)
        if harmless.contains(signal) {
            login.type("lp\n")
            #expect(login.expect(Login.prompt)?.contains("start chatting") == true)
        } else {
            #expect(login.exit() == .signal(signal))
            #expect(sandbox.survivors() == [])
        }
    }

    @Test("while a program runs every such signal ends both", arguments: signals)
    func withChild(_ signal: Int32) throws {
        let (sandbox, login) = try session(chatting: true)
        #expect(kill(login.process, signal) == 0)
        if harmless.contains(signal) {
            login.type("exit 0\n")
            #expect(login.expect(Login.prompt) != nil)
        } else {
            #expect(login.exit() == .signal(signal))
            #expect(sandbox.survivors() == [])
        }
    }

    @Test(
        "the same when every signal was ignored and blocked at the login",
        arguments: [SIGHUP, SIGTERM, SIGUSR1, SIGPIPE])
    func inheritedDispositions(_ signal: Int32) throws {
        var options = Options()
        options.signalsBlocked = true
        options.signalsIgnored = true
        for chatting in [false, true] {
            let (sandbox, login) = try session(chatting: chatting, options)
            #expect(kill(login.process, signal) == 0)
            #expect(login.exit() == .signal(signal))
            #expect(sandbox.survivors() == [])
        }
    }

    @Test(
        "a program that ignores every signal, with what it left behind, ends with the session",
        arguments: [SIGHUP, SIGTERM])
    func deafChild(_ signal: Int32) throws {
        let (sandbox, login) = try session(chatting: true)
        for line in ["leave", "daemon", "deaf"] {
            login.type(line + "\n")
            #expect(login.expect("done") != nil)
        }
        #expect(sandbox.processes().count == 4)
        #expect(kill(login.process, signal) == 0)
        #expect(login.exit() == .signal(signal))
        #expect(sandbox.survivors() == [])
    }

    @Test("SIGKILL leaves no program behind, not even one that ignores every signal")
    func killed() throws {
        let (sandbox, login) = try session(chatting: true)
        login.type("deaf\n")
        #expect(login.expect("done") != nil)
        #expect(kill(login.process, SIGKILL) == 0)
        #expect(login.exit() == .signal(SIGKILL))
        #expect(sandbox.survivors() == [])
    }

    @Test("a stopped session goes on where it was")
    func stopped() throws {
        let (_, login) = try session(chatting: true)
        #expect(kill(login.process, SIGSTOP) == 0)
        #expect(kill(login.process, SIGCONT) == 0)
        login.type("exit 0\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(kill(login.process, SIGSTOP) == 0)
        login.type("help\n")
        #expect(kill(login.process, SIGCONT) == 0)
        #expect(login.expect(Login.prompt)?.contains("start chatting") == true)
    }

    @Test("a signal during the start ends it at every moment", arguments: 0..<60)
    func duringStart(_ step: Int) throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        usleep(UInt32(step * 200))
        kill(login.process, SIGTERM)
        #expect(login.exit() == .signal(SIGTERM))
        #expect(sandbox.survivors() == [])
        let next = try Login(sandbox)
        try next.begin()
    }

    @Test("a signal while a program is being started or is ending leaves nothing", arguments: 0..<60)
    func aroundChild(_ step: Int) throws {
        let (sandbox, login) = try session()
        login.type("chat\n")
        if step % 2 == 1 { login.type("exit 0\n") }
        usleep(UInt32(step * 100))
        kill(login.process, SIGTERM)
        #expect(login.exit() == .signal(SIGTERM))
        #expect(sandbox.survivors() == [])
    }

    @Test("SIGKILL while a program is being started leaves nothing", arguments: 0..<60)
    func killedAroundChild(_ step: Int) throws {
        let (sandbox, login) = try session()
        login.type("chat\n")
        usleep(UInt32(step * 50))
        kill(login.process, SIGKILL)
        #expect(login.exit() == .signal(SIGKILL))
        #expect(sandbox.survivors() == [])
    }

    @Test("a signal ends a session that waits for a terminal which nobody reads")
    func blockedWrite() throws {
        let (sandbox, login) = try session()
        login.typeUntilFull(String(repeating: "help\n", count: 40))
        #expect(kill(login.process, SIGTERM) == 0)
        #expect(login.exit() == .signal(SIGTERM))
        #expect(sandbox.survivors() == [])
    }

    @Test("a vanished terminal ends the session: at the prompt, with a program, with one that ignores every signal")
    func hangUp() throws {
        for leader in [true, false] {
            for state in ["prompt", "chat", "deaf", "hide", "half a line"] {
                var options = Options()
                options.leader = leader
                let (sandbox, login) = try session(chatting: ["chat", "deaf", "hide"].contains(state), options)
                // The second does not read either, so that only untosh can notice and end it.
                if state == "deaf" || state == "hide" {
                    login.type(state + "\n")
                    #expect(login.expect("done") != nil)
                }
                if state == "half a line" { login.type("he") }
                login.hangUp()
                #expect(sandbox.survivors() == [], "\(state), leader: \(leader)")
                #expect(login.exit() != .stillRunning)
            }
        }
    }

    @Test("a vanished terminal during the start leaves nothing", arguments: 0..<30)
    func hangUpDuringStart(_ step: Int) throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        usleep(UInt32(step * 300))
        login.hangUp()
        #expect(login.exit() != .stillRunning)
        #expect(sandbox.survivors() == [])
    }

    @Test("a program cannot end the session other than by ending it", arguments: [SIGTERM, SIGKILL])
    func childSignalsParent(_ signal: Int32) throws {
        let (sandbox, login) = try session(chatting: true)
        login.type("parent \(signal)\n")
        #expect(login.exit() == .signal(signal))
        #expect(sandbox.survivors() == [])
    }
}
