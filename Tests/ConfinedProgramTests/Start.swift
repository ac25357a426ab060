import CTestHarness
import Foundation
import Testing

/// A way of starting a program, and what it says to it.
struct Start: CustomTestStringConvertible, Sendable {
    let what: String
    let message: String
    let change: @Sendable (inout Options, Sandbox) throws -> Void
    var testDescription: String { what }

    init(_ what: String, _ message: String, _ change: @escaping @Sendable (inout Options, Sandbox) throws -> Void) {
        self.what = what
        self.message = message
        self.change = change
    }

    static let refused: [Start] = [
        Start("root", "real user is root") { options, _ in options.users = [0, 0, 0] },
        Start("effective root", "effective user is root") { options, box in options.users = [box.uid, 0, box.uid] },
        Start("root group", "real group is root") { options, _ in options.groups = [0, 0, 0] },
        Start("effective root group", "effective group is root") { options, box in
            options.groups = [box.uid, 0, box.uid]
        },
        Start("supplementary root group", "user is in group root") { options, _ in options.supplementary = 0 },
        Start("set-user-ID to root", "effective user is root") { _, box in chmod(box.file, 0o4755)
        },
        Start("set-user-ID to another", "program is set-user-ID") { _, box in
            chown(box.file, 77, 0)
            chmod(box.file, 0o4755)
        },
        Start("set-group-ID to another", "program is set-group-ID") { _, box in
            chown(box.file, 0, 77)
            chmod(box.file, 0o2755)
        },
        Start("no SELinux", "SELinux is not enabled") { options, _ in options.context = nil },
        Start("another domain", "SELinux context is wrong") { options, _ in
            options.context = "unconfined_u:unconfined_r:unconfined_t:s0"
        },
        Start("more categories", "SELinux context is wrong") { options, box in
            options.context = box.program.context + "-s0:c0.c1023"
        },
        Start("ssh host command", "arguments are not allowed") { options, box in
            options.arguments = [box.program.name, "-c", "id"]
        },
        Start("scp", "arguments are not allowed") { options, box in
            options.arguments = [box.program.name, "-c", "scp -t /tmp"]
        },
        Start("sftp", "arguments are not allowed") { options, box in
            options.arguments = [box.program.name, "-c", "/usr/libexec/openssh/sftp-server"]
        },
        Start("rsync", "arguments are not allowed") { options, box in
            options.arguments = ["-" + box.program.name, "-c", "rsync --server . /"]
        },
        Start("an interactive flag", "arguments are not allowed") { options, box in
            options.arguments = ["-" + box.program.name, "-i"]
        },
        Start("an empty argument", "arguments are not allowed") { options, box in
            options.arguments = ["-" + box.program.name, ""]
        },
        Start("a double dash", "arguments are not allowed") { options, box in
            options.arguments = [box.program.name, "--"]
        },
        Start("another name", "program name is wrong") { options, _ in options.arguments = ["-bash"] },
        Start("an option as name", "program name is wrong") { options, _ in options.arguments = ["-c"] },
        Start("an empty name", "program name is wrong") { options, _ in options.arguments = [""] },
        Start("input not a terminal", "standard input is not a terminal") { options, _ in
            options.streams[0] = HARNESS_NULL
        },
        Start("output not a terminal", "standard output is not a terminal") { options, _ in
            options.streams[1] = HARNESS_NULL
        },
        Start("input closed", "standard input is not a terminal") { options, _ in options.streams[0] = HARNESS_CLOSED },
        Start("another terminal for input", "input, output and error are not one terminal") { options, _ in
            options.streams[0] = HARNESS_OTHER_TERMINAL
        },
        Start("another terminal for output", "input, output and error are not one terminal") { options, _ in
            options.streams[1] = HARNESS_OTHER_TERMINAL
        },
        Start("a terminal of nobody", "terminal does not control the session") { options, _ in
            options.controlling = false
        },
        Start("no TERM", "TERM is missing") { options, _ in options.term = nil },
        Start("a TERM with a path", "TERM has bad characters") { options, _ in options.term = "../../tmp/x" },
        Start("an unknown TERM", "TERM is not known") { options, _ in options.term = "evil" },
        Start("a long TERM", "TERM is too long") { options, _ in
            options.term = String(repeating: "x", count: 100_000)
        },
        Start("no LANG", "LANG is missing") { options, _ in options.lang = nil },
        Start("a LANG that is not UTF-8", "LANG is not a UTF-8 locale") { options, _ in
            options.lang = "de_DE.ISO-8859-1"
        },
        Start("a LANG with a path", "LANG has bad characters") { options, _ in options.lang = "/tmp/x.UTF-8" },
        Start("a shared home", "HOME is writable by others") { _, box in chmod(box.home, 0o770) },
        Start("a public home", "HOME is writable by others") { _, box in chmod(box.home, 0o702) },
        Start("another's home", "HOME is not owned by the user") { _, box in chown(box.home, 77, 77) },
        Start("no home", "HOME does not exist") { _, box in rmdir(box.home) },
        Start("a link as home", "HOME is not a directory") { _, box in
            rmdir(box.home)
            symlink("/tmp", box.home)
        },
        Start("a file as home", "HOME is not a directory") { _, box in
            rmdir(box.home)
            try box.write("home/tester", "")
            chown(box.home, box.uid, box.uid)
        },
        Start("a user without an entry", "user has no passwd entry") { _, box in
            try box.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        },
    ]

    /// What only a login shell looks at: its environment says who the user is.
    static let refusedLogins: [Start] = [
        Start("no USER", "USER is missing") { options, _ in options.user = nil },
        Start("somebody else's USER", "USER is not the user's name") { options, _ in options.user = "root" },
        Start("a USER with an escape sequence", "USER has bad characters") { options, _ in
            options.user = "\u{1b}]0;x\u{7}"
        },
        Start("USER twice", "USER is set twice") { options, _ in options.extraEnvironment = ["USER=tester"] },
        Start("a relative HOME", "HOME is not an absolute path") { options, _ in options.home = "home/tester" },
        Start("an empty HOME", "HOME is missing") { options, _ in options.home = "" },
        Start("HOME by way of ..", "HOME is not an absolute path") { options, _ in
            options.home = "/home/../home/tester"
        },
        Start("another directory as HOME", "HOME is not the user's home") { options, _ in options.home = "/tmp" },
    ]

    static let accepted: [Start] = [
        Start("a login", "") { _, _ in },
        Start("a bare name", "") { options, box in options.arguments = [box.program.name] },
        Start("a path", "") { options, box in options.arguments = [box.program.path] },
        Start("every signal blocked", "") { options, _ in options.signalsBlocked = true },
        Start("every signal ignored", "") { options, _ in options.signalsIgnored = true },
        Start("not the leader of its session", "") { options, _ in options.leader = false },
        Start("a home of mode 0755", "") { _, box in chmod(box.home, 0o755) },
        Start("a language of three letters", "") { options, _ in options.lang = "fil_PH.utf8" },
        Start("a hostile environment", "") { options, _ in
            options.extraEnvironment = Start.hostileEnvironment
        },
    ]

    static let hostileEnvironment = [
        "LD_PRELOAD=/tmp/evil.so", "LD_LIBRARY_PATH=/tmp", "LD_DEBUG=", "LD_AUDIT=/tmp/evil.so",
        "SWIFT_BACKTRACE=enable=yes,swift-backtrace=/bin/sh", "SWIFT_DEBUG_HELP=1", "BASH_FUNC_help%%=() { id; }",
        "BASH_FUNC_chat()=() { id; }", "chat=() { :; }; id", "ENV=/tmp/evil", "BASH_ENV=/tmp/evil", "IFS=h",
        "PATH=/tmp:.", "SHELL=/bin/sh", "PS1=$(id)", "PROMPT_COMMAND=id", "TERMINFO=/tmp", "TERMCAP=/tmp",
        "LC_ALL=/tmp", "LOCPATH=/tmp", "LANGUAGE=../../tmp", "NLSPATH=/tmp/%N", "TZ=/tmp/evil", "TZDIR=/tmp",
        "GCONV_PATH=/tmp", "HOSTALIASES=/tmp/x", "MALLOC_TRACE=/tmp/trace", "GLIBC_TUNABLES=glibc.malloc.check=3",
        "DISPLAY=:0", "SSH_ORIGINAL_COMMAND=id", "NOEQUALSIGN", "=", "=x", "HOMER=/", "XUSER=root",
    ]
}

extension Start {
    /// The program must say no, once on the terminal and once in the log, in these words.
    func expectRefusal(by program: Program) throws {
        let sandbox = try Sandbox(program)
        var options = Options(program)
        try sandbox.copy(#require(program.test), to: "opt/bin/" + program.name)
        try change(&options, sandbox)
        let login = try Login(sandbox, options)
        #expect(login.exit() == .code(EXIT_FAILURE))
        #expect(login.rest() == "\(program.name): \(message)\r\n")
        let uid = options.users?[0] ?? sandbox.uid
        let log = sandbox.authLog()
        #expect(log.count == 1 && log[0].hasSuffix(" \(program.name): uid \(uid): \(message)"), "\(log)")
        // <85>: facility authpriv, severity notice.
        #expect(log.first?.hasPrefix("<85>") == true)
        for name in [sandbox.lockFile, sandbox.home + "/.irssius"] {
            #expect(!FileManager.default.fileExists(atPath: name))
        }
        #expect(sandbox.survivors() == [])
    }
}
