import Foundation
import Testing

extension Untosh {
    private func refusal(_ sandbox: Sandbox) throws -> String {
        let login = try Login(sandbox)
        guard login.exit(within: 5000) == .code(EXIT_FAILURE) else { return "not refused" }
        return login.rest()
    }

    @Test("a second login of the user is refused, at the prompt and while a program runs, and logged")
    func secondLogin() throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        try login.begin()
        #expect(try refusal(sandbox) == "untosh: already logged in\r\n")
        #expect(sandbox.authLog().last?.hasSuffix("untosh: uid \(sandbox.uid): already logged in") == true)
        _ = try login.chat()
        #expect(try refusal(sandbox) == "untosh: already logged in\r\n")
        login.type("exit 0\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(try refusal(sandbox) == "untosh: already logged in\r\n")
    }

    @Test("after any end of the first session the next login is accepted: the file that stays behind means nothing")
    func lockIsReleased() throws {
        let sandbox = try Sandbox()
        for end: (Login) -> Void in [
            { $0.type("exit\n") }, { $0.hangUp() }, { kill($0.process, SIGKILL) }, { kill($0.process, SIGTERM) },
        ] {
            let login = try Login(sandbox)
            try login.begin()
            _ = try login.chat()
            login.type("exit 0\n")
            _ = login.expect(Login.prompt)
            end(login)
            #expect(login.exit() != .stillRunning)
            #expect(sandbox.survivors() == [])
            #expect(FileManager.default.fileExists(atPath: sandbox.lockFile))
        }
    }

    @Test("the lock file is the user's, of mode 0600, and empty")
    func lockFile() throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        try login.begin()
        var found = stat()
        #expect(lstat(sandbox.lockFile, &found) == 0)
        #expect(found.st_mode == S_IFREG | 0o600 && found.st_uid == sandbox.uid && found.st_size == 0)
    }

    @Test("a stale file of another mode serves, and is closed to others")
    func staleFile() throws {
        let sandbox = try Sandbox()
        try sandbox.write("home/tester/untosh_lockfile", "left by an older version", mode: 0o666)
        chown(sandbox.lockFile, sandbox.uid, sandbox.uid)
        let login = try Login(sandbox)
        try login.begin()
        var found = stat()
        #expect(lstat(sandbox.lockFile, &found) == 0 && found.st_mode & 0o7777 == 0o600)
    }

    @Test("a link, a FIFO, a directory, another's file and a file of two names are refused, none followed or changed")
    func strangeLockFiles() throws {
        for (message, make) in [
            ("lock file cannot be opened", { symlink($0.root + "/home/target", $0.lockFile) }),
            ("lock file cannot be opened", { symlink("/etc/passwd", $0.lockFile) }),
            ("lock file cannot be opened", { mkdir($0.lockFile, 0o700) }),
            (
                "lock file is not a regular file",
                { mkfifo($0.lockFile, 0o600) | chown($0.lockFile, $0.uid, $0.uid) }
            ),
            (
                "lock file has several names",
                {
                    _ = FileManager.default.createFile(atPath: $0.home + "/other", contents: nil)
                    return chown($0.home + "/other", $0.uid, $0.uid) | link($0.home + "/other", $0.lockFile)
                }
            ),
            (
                "lock file is not owned by the user",
                {
                    _ = FileManager.default.createFile(atPath: $0.lockFile, contents: nil)
                    return chown($0.lockFile, 77, 77) | chmod($0.lockFile, 0o666)
                }
            ),
        ] as [(String, (Sandbox) -> Int32)] {
            let sandbox = try Sandbox()
            #expect(make(sandbox) == 0)
            #expect(try refusal(sandbox) == "untosh: \(message)\r\n")
            #expect(!FileManager.default.fileExists(atPath: sandbox.root + "/home/target"))
        }
    }
}
