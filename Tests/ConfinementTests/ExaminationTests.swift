import Testing

@testable import Confinement

extension Situation {
    /// A chat user's login, as it should be.
    static var login: Situation {
        let terminal = Terminal(device: 21, inode: 5, number: 0x8802, isControlling: true)
        return Situation(
            identity: Identity(user: 1001, group: 1001),
            selinux: .context(Bytes("untochat_u:untochat_r:untochat_t:s0")),
            arguments: [Bytes("-untosh")],
            terminals: [terminal, terminal, terminal],
            environment: Environment(
                home: [Bytes("/home/ada")], user: [Bytes("ada")], term: [Bytes("xterm-256color")],
                lang: [Bytes("C.UTF-8")]),
            account: Account(name: Bytes("ada"), home: Bytes("/home/ada")),
            home: FileStatus(kind: .directory, owner: 1001, permissions: 0o700))
    }

    func with(_ change: (inout Situation) -> Void) -> Situation {
        var copy = self
        change(&copy)
        return copy
    }

    /// What `examine` says of it.
    var refusal: Refusal? {
        do throws(Refusal) {
            _ = try examine(self, for: .untosh)
            return nil
        } catch {
            return error
        }
    }
}

@Suite struct ExaminationTests {
    @Test("a chat user's login is accepted, with what its account says")
    func accepts() throws {
        let session = try examine(.login, for: .untosh)
        #expect(session.uid == 1001 && session.user == Bytes("ada") && session.home == Bytes("/home/ada"))
        #expect(session.term == Bytes("xterm-256color") && session.lang == Bytes("C.UTF-8"))
    }

    @Test("root is refused wherever it hides, each place by its own name")
    func refusesRoot() {
        #expect(Situation.login.with { $0.identity.realUser = 0 }.refusal == .realUserIsRoot)
        #expect(Situation.login.with { $0.identity.effectiveUser = 0 }.refusal == .effectiveUserIsRoot)
        #expect(Situation.login.with { $0.identity.savedUser = 0 }.refusal == .savedUserIsRoot)
        #expect(Situation.login.with { $0.identity.realGroup = 0 }.refusal == .realGroupIsRoot)
        #expect(Situation.login.with { $0.identity.effectiveGroup = 0 }.refusal == .effectiveGroupIsRoot)
        #expect(Situation.login.with { $0.identity.savedGroup = 0 }.refusal == .savedGroupIsRoot)
        #expect(Situation.login.with { $0.identity.isInRootGroup = true }.refusal == .inRootGroup)
    }

    @Test("an identity that is not the same three times is set-user-ID or set-group-ID")
    func refusesSetID() {
        #expect(Situation.login.with { $0.identity.realUser = 7 }.refusal == .setUserID)
        #expect(Situation.login.with { $0.identity.effectiveUser = 7 }.refusal == .setUserID)
        #expect(Situation.login.with { $0.identity.savedUser = 7 }.refusal == .setUserID)
        #expect(Situation.login.with { $0.identity.realGroup = 7 }.refusal == .setGroupID)
        #expect(Situation.login.with { $0.identity.effectiveGroup = 7 }.refusal == .setGroupID)
        #expect(Situation.login.with { $0.identity.savedGroup = 7 }.refusal == .setGroupID)
    }

    @Test("SELinux must be there and say one context, whole")
    func selinux() {
        #expect(Situation.login.with { $0.selinux = .disabled }.refusal == .selinuxDisabled)
        #expect(Situation.login.with { $0.selinux = .unreadable }.refusal == .contextUnreadable)
        for wrong: StaticString in [
            "", "untochat_t", "untochat_u:untochat_r:untochat_t", "untochat_u:untochat_r:untochat_t:s0:c1",
            "untochat_u:untochat_r:untochat_t:s0 ", "UNTOCHAT_U:untochat_r:untochat_t:s0",
            "system_u:untochat_r:untochat_t:s0", "untochat_u:untochat_r:irssius_t:s0",
        ] {
            #expect(Situation.login.with { $0.selinux = .context(Bytes(wrong)) }.refusal == .contextWrong)
        }
    }

    @Test("only the three forms of the name are known")
    func names() {
        for name: StaticString in ["-untosh", "untosh", "/opt/bin/untosh", "./untosh"] {
            #expect(Situation.login.with { $0.arguments = [Bytes(name)] }.refusal == nil, "\(name)")
            for argument: StaticString in ["-c", "", "x", "-"] {
                #expect(
                    Situation.login.with { $0.arguments = [Bytes(name), Bytes(argument)] }.refusal == .argumentsGiven)
            }
        }
        for name: StaticString in ["", "-", "--untosh", "-sh", "xuntosh", "untosh ", "-/untosh", "/untoshx", "untos"] {
            #expect(Situation.login.with { $0.arguments = [Bytes(name)] }.refusal == .nameWrong, "\(name)")
        }
        #expect(Situation.login.with { $0.arguments = [] }.refusal == .nameWrong)
    }

    @Test("the three descriptors must be one terminal that controls the session")
    func terminals() {
        #expect(Situation.login.with { $0.terminals = [] }.refusal == .inputNotTerminal)
        #expect(Situation.login.with { $0.terminals[0] = nil }.refusal == .inputNotTerminal)
        #expect(Situation.login.with { $0.terminals[1] = nil }.refusal == .outputNotTerminal)
        #expect(Situation.login.with { $0.terminals[2] = nil }.refusal == .errorNotTerminal)
        for index in 0..<3 {
            #expect(Situation.login.with { $0.terminals[index]?.number += 1 }.refusal == .differentTerminals)
            #expect(Situation.login.with { $0.terminals[index]?.inode += 1 }.refusal == .differentTerminals)
            #expect(Situation.login.with { $0.terminals[index]?.device += 1 }.refusal == .differentTerminals)
        }
        let adrift = Terminal(device: 1, inode: 1, number: 1, isControlling: false)
        #expect(
            Situation.login.with { $0.terminals = [adrift, adrift, adrift] }.refusal == .terminalNotControlling)
    }

    @Test("each variable must be there once, short, and of its own characters", arguments: Variable.allCases)
    func variables(_ variable: Variable) {
        let login = Situation.login
        #expect(login.with { $0.environment[variable] = [] }.refusal == .missing(variable))
        #expect(login.with { $0.environment[variable] = [[]] }.refusal == .missing(variable))
        #expect(login.with { $0.environment[variable] += $0.environment[variable] }.refusal == .repeated(variable))
        #expect(
            login.with { $0.environment[variable] = [Bytes(repeating: 0x61, count: 129)] }.refusal == .tooLong(variable)
        )
        for byte in [0x01, 0x09, 0x0a, 0x1b, 0x20, 0x22, 0x24, 0x25, 0x27, 0x3b, 0x60, 0x7f, 0x80, 0xff] as Bytes {
            #expect(
                login.with { $0.environment[variable][0].append(byte) }.refusal == .badCharacters(variable), "\(byte)")
        }
    }

    @Test("USER and HOME are what the passwd file says")
    func account() {
        #expect(Situation.login.with { $0.account = nil }.refusal == .noAccount)
        #expect(Situation.login.with { $0.account?.name = Bytes("bob") }.refusal == .userNotAccount)
        #expect(Situation.login.with { $0.account?.home = Bytes("/home/bob") }.refusal == .homeNotAccount)
        #expect(Situation.login.with { $0.account?.home = Bytes("/home/ada/") }.refusal == .homeNotAccount)
    }

    @Test("a HOME that is not a plain absolute path is refused even if the passwd file has it")
    func plainHome() {
        for home: StaticString in [
            "home/ada", "/", "//home", "/home/", "/home//ada", "/home/./ada", "/home/../ada", ".",
        ] {
            let situation = Situation.login.with {
                $0.environment.home = [Bytes(home)]
                $0.account?.home = Bytes(home)
            }
            #expect(situation.refusal == .homeNotAbsolute, "\(home)")
        }
    }

    @Test("the home is a directory of the user where nobody else writes")
    func home() {
        #expect(Situation.login.with { $0.home = nil }.refusal == .homeAbsent)
        #expect(Situation.login.with { $0.home?.kind = .other }.refusal == .homeNotDirectory)
        #expect(Situation.login.with { $0.home?.owner = 0 }.refusal == .homeNotOwned)
        for permissions: UInt32 in 0...0o7777 {
            let refusal = Situation.login.with { $0.home?.permissions = permissions }.refusal
            #expect(refusal == (permissions & 0o022 == 0 ? nil : .homeWritableByOthers))
        }
    }

    @Test("TERM is one of a short list, LANG a UTF-8 locale")
    func termAndLang() {
        for term: StaticString in ["xterm", "linux", "tmux-256color", "vt220"] {
            #expect(Situation.login.with { $0.environment.term = [Bytes(term)] }.refusal == nil, "\(term)")
        }
        for term: StaticString in ["dumb", "xter", "xtermx", "x", "ansi"] {
            #expect(Situation.login.with { $0.environment.term = [Bytes(term)] }.refusal == .terminalTypeUnknown)
        }
        for lang: StaticString in ["C.UTF-8", "C.utf8", "de_DE.UTF-8", "eo.UTF-8", "fil_PH.utf8"] {
            #expect(Situation.login.with { $0.environment.lang = [Bytes(lang)] }.refusal == nil, "\(lang)")
        }
        for lang: StaticString in [
            "C", "POSIX", "de_DE", "UTF-8", ".UTF-8", "de_DE.UTF-8.UTF-8", "..UTF-8", "de_de.UTF-8", "d.UTF-8",
            "dede.UTF-8", "de_DEU.UTF-8", "de_.UTF-8", "_DE.UTF-8", "de_DE_x.UTF-8", "de_DE.UTF-16", "de_DE.Utf8",
        ] {
            #expect(Situation.login.with { $0.environment.lang = [Bytes(lang)] }.refusal == .languageNotUTF8, "\(lang)")
        }
    }

    @Test("an environment entry counts for the variable that it names whole, and for no other")
    func entries() {
        var environment = Environment()
        for entry: StaticString in ["HOME=/a", "HOME=", "HOMES=/b", "XHOME=/c", "home=/d", "HOME", "TERM=x=y", "=", ""]
        {
            environment.take(entry: Bytes(entry))
        }
        #expect(environment == Environment(home: [Bytes("/a"), []], term: [Bytes("x=y")]))
    }

    @Test("no two refusals say the same, and none is more than a short line of plain text")
    func messages() {
        var all: [Refusal] = [
            .identityUnknown, .realUserIsRoot, .effectiveUserIsRoot, .savedUserIsRoot, .realGroupIsRoot,
            .effectiveGroupIsRoot, .savedGroupIsRoot, .inRootGroup, .setUserID, .setGroupID, .selinuxDisabled,
            .contextUnreadable, .contextWrong, .nameWrong, .argumentsGiven, .inputNotTerminal, .outputNotTerminal,
            .errorNotTerminal, .differentTerminals, .terminalNotControlling, .noAccount, .userNotAccount,
            .homeNotAbsolute, .homeNotAccount, .homeAbsent, .homeNotDirectory, .homeNotOwned, .homeWritableByOthers,
            .terminalTypeUnknown, .languageNotUTF8, .hardening(.environment), .hardening(.standardDescriptors),
            .hardening(.descriptors), .hardening(.coreDumps), .hardening(.tracing), .hardening(.orphans),
        ]
        for variable in Variable.allCases {
            all += [.missing(variable), .repeated(variable), .tooLong(variable), .badCharacters(variable)]
        }
        #expect(Set(all.map(\.message)).count == all.count)
        for refusal in all {
            #expect(refusal.message.utf8.allSatisfy { (0x20...0x7e).contains($0) } && refusal.message.count < 60)
        }
    }

    @Test("a situation changed at random is accepted only if the change left it as it was, or as good")
    func randomChanges() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var situation = Situation.login
            let variable = Variable.allCases.randomElement(using: &generator) ?? .home
            var value = situation.environment[variable][0]
            value[Int.random(in: value.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            situation.environment[variable] = [value]
            guard situation.refusal == nil else { continue }
            switch variable {
            case .home, .user: #expect(situation == .login)
            case .term: #expect(value == Bytes("xterm-256color"))
            case .lang: #expect(value == Bytes("C.UTF-8"))
            }
        }
    }

    /// irssius as untosh starts it: its name alone, TERM and LANG, its own domain.
    static let chat = Situation.login.with {
        $0.selinux = .context(Bytes("untochat_u:untochat_r:irssius_t:s0"))
        $0.arguments = [Bytes("irssius")]
        $0.environment = Environment(term: [Bytes("xterm")], lang: [Bytes("C.UTF-8")])
        $0.account = Account(name: Bytes("ada"), home: Bytes("/home/ada"), realName: Bytes("Ada"))
    }

    @Test("the chat client learns from the account who the user is")
    func acceptsChat() throws {
        let session = try examine(ExaminationTests.chat, for: .irssius)
        #expect(session.user == Bytes("ada") && session.home == Bytes("/home/ada") && session.realName == Bytes("Ada"))
    }

    @Test("the chat client does not start in the shell's domain, nor the shell in the client's, nor without an account")
    func refusesChat() {
        func refusal(_ situation: Situation) -> Refusal? {
            do throws(Refusal) {
                _ = try examine(situation, for: .irssius)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(.login.with { $0.arguments = [Bytes("irssius")] }) == .contextWrong)
        #expect(ExaminationTests.chat.with { $0.arguments = [Bytes("untosh")] }.refusal == .contextWrong)
        #expect(refusal(ExaminationTests.chat.with { $0.account = nil }) == .noAccount)
        #expect(refusal(ExaminationTests.chat.with { $0.arguments.append(Bytes("--port")) }) == .argumentsGiven)
        #expect(refusal(ExaminationTests.chat.with { $0.environment.term = [Bytes("../x")] }) == .badCharacters(.term))
        #expect(refusal(ExaminationTests.chat.with { $0.home?.owner = 7 }) == .homeNotOwned)
        #expect(refusal(ExaminationTests.chat.with { $0.terminals[1] = nil }) == .outputNotTerminal)
    }
}
