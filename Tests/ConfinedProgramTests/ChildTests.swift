import Foundation
import Testing

extension Untosh {
    /// A session whose chat program is the probe, and what the probe told.
    private func chatting(_ options: Options = Options()) throws -> (Sandbox, Login, String) {
        let sandbox = try Sandbox()
        let login = try Login(sandbox, options)
        try login.begin()
        return (sandbox, login, try login.chat())
    }

    @Test("a program gets its name, TERM, LANG and the terminal, and nothing else of what the login came with")
    func whatAChildGets() throws {
        var options = Options()
        options.extraEnvironment = Start.hostileEnvironment.filter { !$0.hasPrefix("LD_") }
        options.extraDescriptors = 200
        options.signalsBlocked = true
        options.signalsIgnored = true
        options.lang = "de_DE.UTF-8"
        let (_, _, told) = try chatting(options)
        let lines = told.split(separator: "\r\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("argument") } == ["argument 0 [irssius]"])
        #expect(
            lines.filter { $0.hasPrefix("environment") } == [
                "environment [TERM=xterm]", "environment [LANG=de_DE.UTF-8]",
            ])
        #expect(lines.filter { $0.hasPrefix("descriptor") } == ["descriptor 0", "descriptor 1", "descriptor 2"])
        #expect(lines.filter { $0.hasPrefix("blocked") } == [])
        #expect(lines.filter { $0.hasPrefix("ignored") } == ["ignored 20", "ignored 21", "ignored 22"])
        for line in [
            "umask 077", "core 0", "death 9", "leads its group: yes", "in the foreground: yes",
            "session of its parent: yes",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test("untosh itself holds the terminal and its lock, may not be traced and dumps no core")
    func whatUntoshHolds() throws {
        let sandbox = try Sandbox()
        var options = Options()
        options.extraDescriptors = 200
        let login = try Login(sandbox, options)
        try login.begin()
        let process = "/proc/\(login.process)"
        #expect(try FileManager.default.contentsOfDirectory(atPath: process + "/fd").count == 4)
        #expect(try FileManager.default.contentsOfDirectory(atPath: process + "/task").count == 1)
        #expect(try String(contentsOfFile: process + "/limits", encoding: .utf8).contains(/Max core file size +0 +0/))
        #expect(try String(contentsOfFile: process + "/status", encoding: .utf8).contains("\nUmask:\t0077\n"))
        // /proc belongs to root when a process may not be traced by its user.
        var found = stat()
        #expect(stat(process + "/mem", &found) == 0 && found.st_uid == 0)
    }

    @Test("a program that ends, well or not, brings the prompt back")
    func childReturns() throws {
        let (sandbox, login, _) = try chatting()
        for status in [0, 1, 255] {
            login.type("exit \(status)\n")
            #expect(login.expect(Login.prompt)?.contains("untosh") == false)
            #expect(sandbox.processes().count == 1)
            _ = try login.chat()
        }
    }

    @Test(
        "a program that dies by a signal ends the session",
        arguments: [1, 2, 3, 6, 9, 11, 13, 14, 15, 34, 64] as [Int32])
    func childDies(_ signal: Int32) throws {
        let (sandbox, login, _) = try chatting()
        login.type("die \(signal)\n")
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(login.rest().hasSuffix("chat was killed.\r\n"))
        #expect(sandbox.survivors() == [])
    }

    @Test("Ctrl-C goes to the program; when it dies of it the session ends")
    func interruptChild() throws {
        for (byte, line) in [(UInt8(3), "chat was killed."), (0x1c, "chat was killed.")] {
            let (sandbox, login, _) = try chatting()
            login.type([byte])
            #expect(login.expect(line) != nil)
            #expect(login.exit() == .code(EXIT_FAILURE))
            #expect(sandbox.survivors() == [])
        }
    }

    @Test("a program that stops itself is made to go on, and Ctrl-Z does not stop it")
    func childStops() throws {
        let (_, login, _) = try chatting()
        for signal in [SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU] {
            login.type("stop \(signal)\n")
            #expect(login.expect("done") != nil, "\(signal)")
        }
        login.type([0x1a, 10])
        #expect(login.expect("done") != nil)
        login.type("exit 0\n")
        #expect(login.expect(Login.prompt) != nil)
    }

    @Test(
        "what a program does to the terminal does not outlive it",
        arguments: ["raw", "nonblock", "window 65535", "window 0"])
    func terminalAbuse(_ abuse: String) throws {
        let (_, login, _) = try chatting()
        login.type(abuse + "\n")
        #expect(login.expect("done") != nil)
        // The other two end by themselves: what they read is no longer a line.
        if abuse.hasPrefix("window") { login.type("exit 0\n") }
        if abuse == "raw" { login.type("exit 0" + String(repeating: " ", count: 300)) }
        #expect(login.expect(Login.prompt) != nil)
        #expect(login.answer(to: "help")?.hasPrefix("help\r\n") == true)
        #expect(login.answer(to: "id")?.hasSuffix("Unknown command. Type help.\r\n" + Login.prompt) == true)
        #expect(login.expect(Login.prompt, within: 300) == nil)
        login.type("exit\n")
        #expect(login.exit() == .code(0))
    }

    @Test("a program that gives the terminal away reads nothing more, and the prompt takes the terminal back")
    func givesTerminalAway() throws {
        let (_, login, _) = try chatting()
        login.type("foreign\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(login.answer(to: "help")?.contains("start chatting") == true)
    }

    @Test("a program that joins its parent's group and ignores every signal still ends with the session")
    func joinsGroup() throws {
        let (sandbox, login, _) = try chatting()
        login.type("hide\n")
        #expect(login.expect("done") != nil)
        #expect(kill(login.process, SIGTERM) == 0)
        #expect(login.exit() == .signal(SIGTERM))
        #expect(sandbox.survivors() == [])
    }

    @Test("what a program leaves running is killed when it ends: in its group, or in a session of its own")
    func leftBehind() throws {
        let (sandbox, login, _) = try chatting()
        for _ in 0..<3 { for how in ["leave", "daemon"] { login.type(how + "\n") } }
        for _ in 0..<6 { #expect(login.expect("left behind ") != nil) }
        #expect(sandbox.processes().count == 8)
        login.type("exit 0\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(sandbox.processes() == [login.process])
    }

    @Test("what was typed for a program that has ended is not a command")
    func typedAhead() throws {
        let (_, login, _) = try chatting()
        login.type("exit 0\nhelp\nid\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(login.expect(Login.prompt, within: 300) == nil)
        #expect(login.answer(to: "help")?.contains("start chatting") == true)
    }

    @Test("a program is not run unless its whole path is root's and nobody else can write there")
    func untrustedProgram() throws {
        let cannot = "chat\r\nuntosh: cannot start chat\r\n" + Login.prompt
        let program = "/opt/bin/irssius"
        for change: (Sandbox) -> Int32 in [
            { chown($0.root + program, $0.uid, 0) }, { chmod($0.root + program, 0o775) },
            { chmod($0.root + program, 0o757) }, { chmod($0.root + "/opt/bin", 0o777) },
            { chmod($0.root + "/opt", 0o1777) }, { chown($0.root + "/opt/bin", $0.uid, 0) },
            { chown($0.root + "/opt", $0.uid, 0) }, { unlink($0.root + program) },
            { unlink($0.root + program) | symlink("/bin/sh", $0.root + program) },
            { unlink($0.root + program) | mkdir($0.root + program, 0o755) },
            { unlink($0.root + program) | mkfifo($0.root + program, 0o755) },
            { rename($0.root + "/opt/bin", $0.root + "/opt/real") | symlink("real", $0.root + "/opt/bin") },
            { chmod($0.root + program, 0o644) },
            { truncate($0.root + program, 0) },
        ] {
            let sandbox = try Sandbox()
            let login = try Login(sandbox)
            try login.begin()
            #expect(change(sandbox) == 0)
            #expect(login.answer(to: "chat") == cannot)
            #expect(sandbox.processes() == [login.process])
        }
    }

    @Test("passwd changes the password of the user")
    func realPasswd() throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        try login.begin()
        let shadow = sandbox.root + "/etc/shadow"
        let before = try String(contentsOfFile: shadow, encoding: .utf8)
        login.type("passwd\n")
        #expect(login.expect("Current password:") != nil)
        login.type("old Passw0rd of tester\n")
        #expect(login.expect("New password:") != nil)
        login.type("a New one, 17 words\n")
        #expect(login.expect("Retype new password:") != nil)
        login.type("a New one, 17 words\n")
        #expect(login.expect(Login.prompt)?.contains("updated successfully") == true)
        let after = try String(contentsOfFile: shadow, encoding: .utf8)
        #expect(after != before && after.contains("\ntester:$"))
    }

    @Test("passwd with a wrong password changes nothing, so the test above can fail")
    func realPasswdRefuses() throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        try login.begin()
        let shadow = sandbox.root + "/etc/shadow"
        let before = try String(contentsOfFile: shadow, encoding: .utf8)
        login.type("passwd\n")
        #expect(login.expect("Current password:") != nil)
        login.type("not the password\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(try String(contentsOfFile: shadow, encoding: .utf8) == before)
    }

    @Test("passwd, which is root's, ends with the session too", arguments: [SIGTERM, SIGHUP, SIGKILL])
    func passwdEnds(_ signal: Int32) throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        try login.begin()
        login.type("passwd\n")
        #expect(login.expect("Current password:") != nil)
        #expect(kill(login.process, signal) == 0)
        #expect(login.exit() == .signal(signal))
        // passwd ignores SIGHUP, and for a set-user-ID program the kernel forgets that its parent's death should kill
        // it. After a SIGKILL nobody is left to do so but the terminal, which sshd closes.
        if signal == SIGKILL { login.hangUp() }
        #expect(sandbox.survivors() == [])
    }
}
