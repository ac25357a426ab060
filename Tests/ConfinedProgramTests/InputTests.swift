import Foundation
import Testing

private let unknown = "Unknown command. Type help.\r\n"
private let control = "Control characters are not allowed.\r\n"

/// What has broken restricted shells before. None of it means anything here.
private let escapes = [
    // substitution
    "`id`", "$(id)", "${IFS}id", "$((1))", "<(id)", "chat$(id)", "`chat`", "$chat", "~", "~root", "!!", "!help", "%1",
    // chaining
    "help;id", "help; id", ";id", "help&&id", "help||id", "help|sh", "|id", "help&", "& id", "chat;exit", "{ id; }",
    "(id)", "help\\", ">x", ">/tmp/x", "<x", "2>&1", "help #", "#",
    // quoting
    "'help'", "\"help\"", "h'e'lp", "h\"\"elp", "he\\lp", "$'help'", "\\help", "help\\ ", "''", "\"", "'",
    // leading dash and options
    "-help", "--help", "-c id", "chat --help", "chat -c id", "passwd root", "passwd -d", "passwd --stdin",
    "passwd -S -a", "exit 0", "exit -1", "help help", "help chat", "-", "--",
    // paths and other programs
    "/bin/sh", "sh", "bash -i", "/opt/bin/irssius", "./chat", "../chat", "chat/", "/", "irssius", "exec sh", "eval id",
    "source x", ". x", "cd /", "export PATH=/", "PATH=/ chat", "TERM=x chat", "alias", "set", "env", "python", "vi",
    "chat() { id; }", "function chat", "help=() { id; }", "() { :; }; id", "BASH_FUNC_help%%=() { id; }",
    // patterns and formats
    "*", "?elp", "hel?", "[h]elp", "{help,}", "%s%s%n", "%p", "help%00", "\\0", "\\x68elp", "&#104;elp",
    // letters that look alike
    "HELP", "Help", "hеlp", "ｈｅｌｐ", "help\u{a0}", "\u{feff}help", "he\u{200b}lp", "help\u{2028}", "help\u{85}",
    "help\u{301}", "exi", "exitt", "hel p", "chatchat",
]

extension Untosh {
    @Test("there are four commands, alone on their line, with spaces around them or not")
    func commands() throws {
        let login = try Login(Sandbox())
        try login.begin()
        for line in ["help", "  help", "help   ", "   help "] {
            let answer = try #require(login.answer(to: line))
            for name in ["help", "chat", "passwd", "exit"] { #expect(answer.contains("\n\(name) ")) }
        }
        for line in ["", " ", "      "] { #expect(login.answer(to: line) == "\(line)\r\ntester> ") }
        login.type("  exit \n")
        #expect(login.exit() == .code(0))
    }

    @Test("nothing else is understood: no substitution, chaining, quoting, option, path or pattern")
    func escapesAreUnknown() throws {
        let sandbox = try Sandbox()
        let login = try Login(sandbox)
        try login.begin()
        for line in escapes {
            let answer = try #require(login.answer(to: line), "\(line)")
            #expect(answer.hasSuffix(unknown + Login.prompt), "\(line): \(answer)")
            #expect(sandbox.processes().count == 1, "\(line)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.home) == ["untosh_lockfile"])
    }

    @Test("the same in an environment made for it")
    func escapesInHostileEnvironment() throws {
        let sandbox = try Sandbox()
        var options = Options()
        options.extraEnvironment = Start.hostileEnvironment
        let login = try Login(sandbox, options)
        try login.begin()
        for line in ["$HOME", "${PATH}", "id", "hcatelp", "chat;id"] {
            #expect(login.answer(to: line)?.hasSuffix(unknown + Login.prompt) == true, "\(line)")
        }
        #expect(login.answer(to: "help")?.contains("start chatting") == true)
    }

    @Test("every byte on a line of its own has one meaning, and none starts anything")
    func everyByte() throws {
        for byte in UInt8.min...UInt8.max {
            let sandbox = try Sandbox()
            let login = try Login(sandbox)
            try login.begin()
            login.type([byte, 10])
            switch byte {
            case 0x03: #expect(login.exit() == .signal(SIGINT))
            case 0x1c: #expect(login.exit() == .signal(SIGQUIT))
            case 0x04: #expect(login.exit() == .code(0))
            case 0x0a, 0x0d, 0x15, 0x20, 0x7f:
                let answer = login.expect(Login.prompt)
                #expect(answer?.contains("Unknown") == false && answer?.contains("Control") == false, "\(byte)")
            case 0..<0x20: #expect(login.expect(Login.prompt)?.hasSuffix(control + Login.prompt) == true, "\(byte)")
            default: #expect(login.expect(Login.prompt)?.hasSuffix(unknown + Login.prompt) == true, "\(byte)")
            }
        }
    }

    @Test("every byte within a command spoils it, ^V before it or not")
    func everyByteWithin() throws {
        let login = try Login(Sandbox())
        try login.begin()
        for byte in UInt8.min...UInt8.max where ![0x03, 0x04, 0x0a, 0x0d, 0x1c].contains(byte) {
            for middle in [[byte], [0x16, byte]] {
                login.type(Array("he".utf8) + middle + Array("lp\n".utf8))
                let answer = try #require(login.expect(Login.prompt), "\(byte)")
                // The erase key takes the ^V away and leaves the command.
                if byte == 0x7f, middle.count == 2 {
                    #expect(answer.contains("start chatting"))
                    continue
                }
                #expect(answer.hasSuffix(unknown + Login.prompt) || answer.hasSuffix(control + Login.prompt), "\(byte)")
            }
        }
    }

    @Test("^V does not bring a newline into a line: it is a control character, and what follows ends the line")
    func literalNext() throws {
        let login = try Login(Sandbox())
        try login.begin()
        login.type([0x16, 0x0a] + Array("help\n".utf8))
        #expect(login.expect(Login.prompt)?.hasSuffix(control + Login.prompt) == true)
        #expect(login.expect(Login.prompt)?.contains("start chatting") == true)
    }

    @Test("128 bytes are a line, 129 are too many, and a megabyte is one line that is refused")
    func longLines() throws {
        let login = try Login(Sandbox())
        try login.begin()
        let long = "Line is too long.\r\n"
        #expect(login.answer(to: "help" + String(repeating: " ", count: 124))?.contains("start chatting") == true)
        #expect(login.answer(to: "help" + String(repeating: " ", count: 125))?.hasSuffix(long + Login.prompt) == true)
        #expect(login.answer(to: String(repeating: "a", count: 128))?.hasSuffix(unknown + Login.prompt) == true)
        #expect(login.answer(to: String(repeating: "a", count: 129))?.hasSuffix(long + Login.prompt) == true)
        login.type(Array(repeating: UInt8(ascii: "x"), count: 1 << 20) + Array("\n".utf8))
        #expect(login.expect(Login.prompt)?.hasSuffix(long + Login.prompt) == true)
        #expect(login.answer(to: "help")?.contains("start chatting") == true)
    }

    @Test("half a line, sent by Ctrl-D, is not a line; two Ctrl-D leave")
    func halfLine() throws {
        let login = try Login(Sandbox())
        try login.begin()
        login.type(Array("he".utf8) + [4] + Array("lp\n".utf8))
        #expect(login.expect(Login.prompt)?.contains("start chatting") == true)
        login.type(Array("exit".utf8) + [4, 4])
        #expect(login.exit() == .code(0))
    }

    @Test("many lines at once are taken one by one")
    func manyLines() throws {
        let login = try Login(Sandbox())
        try login.begin()
        for _ in 0..<200 {
            login.type("help\nid\n")
            #expect(login.expect(Login.prompt)?.contains("start chatting") == true)
            #expect(login.expect(Login.prompt)?.contains(unknown) == true)
        }
    }

    @Test("the job-control keys and flow control are bytes like others")
    func noJobControl() throws {
        let login = try Login(Sandbox())
        try login.begin()
        for byte: UInt8 in [0x1a, 0x19, 0x13, 0x11, 0x0f, 0x12, 0x17] {
            login.type([byte, 10])
            #expect(login.expect(Login.prompt)?.hasSuffix(control + Login.prompt) == true, "\(byte)")
        }
    }

    @Test("who types nothing is logged out")
    func idleLimit() throws {
        let sandbox = try Sandbox()
        var options = Options()
        options.idle = 1
        let login = try Login(sandbox, options)
        try login.begin()
        #expect(login.exit() == .code(0))
        #expect(login.rest() == "\r\nIdle for too long.\r\n")
        #expect(sandbox.survivors() == [])
    }

    @Test("the idle limit does not run while a program runs, and begins anew after it")
    func idleLimitWithChild() throws {
        var options = Options()
        options.idle = 1
        let login = try Login(Sandbox(), options)
        try login.begin()
        _ = try login.chat()
        #expect(login.expect("Idle", within: 1500) == nil)
        login.type("exit 0\n")
        #expect(login.expect(Login.prompt) != nil)
        #expect(login.expect("Idle for too long.") != nil)
        #expect(login.exit() == .code(0))
    }
}
