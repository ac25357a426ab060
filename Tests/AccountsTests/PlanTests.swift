import Testing

@testable import Accounts

@Suite struct NameTests {
    @Test("names that IRC takes are taken", arguments: ["a", "silver", "a_b-c9", "abcdefghijklmnop"])
    func taken(_ name: String) { #expect(AccountName.fault(in: name) == nil) }

    @Test(
        "every other name is refused",
        arguments: [
            "", "A", "9a", "_a", "-a", "a.b", "a b", "a:b", "ä", "abcdefghijklmnopq", "root", "nickserv", "untochat_u",
            "a\n", "../a", "a%",
        ])
    func refused(_ name: String) { #expect(AccountName.fault(in: name) != nil) }

    @Test("a real name is one field of passwd, and no mark")
    func real() {
        for text in ["Unknown", "J. Random"] { #expect(RealName.fault(in: text) == nil) }
        for text in ["", "a:b", "a,b", "a\nb", Mark.removing, String(repeating: "x", count: 65)] {
            #expect(RealName.fault(in: text) != nil)
        }
    }
}

@Suite struct TableTests {
    static let passwd = "root:x:0:0:root:/root:/bin/bash\nbad\nsilver:x:1001:990::/home/silver:/opt/bin/untosh\n"

    @Test("accounts, members and mappings are found by their whole names")
    func find() {
        let silver = AccountTables.account("silver", in: Self.passwd)
        #expect(silver?.uid == 1001 && silver?.gid == 990 && silver?.realName == "" && silver?.isOfPeople == true)
        #expect(AccountTables.account("silve", in: Self.passwd) == nil)
        let groups = "wheel:x:10:boss,silver2\nuntochat:x:990:\nsudo:x:27:silver\n"
        #expect(AccountTables.memberships(of: "silver", in: groups) == ["sudo"])
        #expect(AccountTables.group("untochat", in: groups) == 990)
        #expect(AccountTables.mapping(of: "a", in: "aa:x:s0\na:untochat_u:s0-s0:c0.c1023\n") == "untochat_u")
        #expect(AccountTables.policy(in: "# SELINUXTYPE=x\nSELINUX=enforcing\nSELINUXTYPE=targeted \n") == "targeted")
    }

    @Test("a private instance is one user's, and not that of a user whose name ends alike")
    func instances() {
        #expect(PrivateInstance.isOf("b", "b"))
        #expect(PrivateInstance.isOf("b", "untochat_u:object_r:tmp_t:s0_b"))
        #expect(PrivateInstance.isOf("a_b", "untochat_u:object_r:tmp_t:s0_a_b"))
        #expect(!PrivateInstance.isOf("b", "untochat_u:object_r:tmp_t:s0_a_b"))
        #expect(!PrivateInstance.isOf("b", "a_b") && !PrivateInstance.isOf("b", ""))
        let text = "# /tmp /x level\n/tmp  /tmp-inst/\tlevel root\n$HOME $HOME/x level\n/var/tmp /v/i- user\n"
        #expect(PrivateInstance.prefixes(in: text) == ["/tmp-inst/", "/v/i-"])
    }

    @Test("of a key file the keys are taken, without what else stands beside them")
    func keys() {
        let key = "ssh-ed25519 AAAA" + String(repeating: "C3Nz", count: 16)
        #expect(SSHKeys.clean("# mine\n\(key) me@home\r\n") == key + "\n")
        for wrong in ["", "# a\n", "command=\"x\" \(key)\n", "\(key)\nx\n", "ssh-dss AAAA\n", "ssh-ed25519 AAAA;\n"] {
            #expect(SSHKeys.clean(wrong) == nil, "\(wrong)")
        }
    }
}

@Suite struct PlanTests {
    static let fresh = AccountFacts(chatGroup: 990, administratorGroup: "wheel")
    static func account(_ realName: String = "Unknown", uid: UInt32 = 1001, shell: String = "/opt/bin/untosh")
        -> Account
    {
        Account("silver", uid: uid, gid: 990, realName: realName, home: "/home/silver", shell: shell)
    }

    private func addition(_ facts: AccountFacts, _ kind: AccountKind = .chatUser) -> String? {
        do throws(AccountRefusal) {
            _ = try AccountPlan.adding("silver", kind, facts, hasKey: true, hasPassword: true, expires: true)
            return nil
        } catch { return error.reason }
    }

    private func removal(_ facts: AccountFacts) -> String? {
        do throws(AccountRefusal) {
            _ = try AccountPlan.removing("silver", facts, keepsHome: false)
            return nil
        } catch { return error.reason }
    }

    @Test("a name that means something already is refused, except what an interrupted run has left")
    func adding() {
        #expect(addition(Self.fresh) == nil)
        var facts = Self.fresh
        facts.homeExists = true
        #expect(addition(facts)?.contains("home") == true)
        facts.account = Self.account(Mark.addingUser)
        #expect(addition(facts) == nil)
        #expect(addition(facts, .administrator(isStaff: false))?.contains("there is an account") == true)
        facts.account = Self.account()
        #expect(addition(facts)?.contains("there is an account") == true)
        facts.account = Self.account(Mark.removing)
        #expect(addition(facts)?.contains("untochat-remove-user") == true)
        facts.account = Self.account(Mark.addingUser, uid: 0)
        #expect(addition(facts) != nil)
        #expect(addition(AccountFacts())?.contains("no group") == true)
    }

    @Test("only chat users are removed")
    func removing() {
        var facts = Self.fresh
        #expect(removal(facts) != nil)
        facts.account = Self.account()
        #expect(removal(facts) == nil)
        facts.mapping = "untochat_u"
        #expect(removal(facts) == nil)
        facts.mapping = "unconfined_u"
        #expect(removal(facts)?.contains("administrator") == true)
        facts.mapping = nil
        for uid in [0, 999, 65534] as [UInt32] {
            facts.account = Self.account(uid: uid)
            #expect(removal(facts)?.contains("system") == true)
        }
        facts.account = Self.account(shell: "/bin/bash")
        #expect(removal(facts)?.contains("no chat user") == true)
        facts.account = Self.account()
        facts.memberships = ["sudo"]
        #expect(removal(facts)?.contains("administrator") == true)
    }

    @Test("the account is marked first and named last, can log in only once verified, and is removed last")
    func order() throws {
        let adding = try AccountPlan.adding(
            "silver", .chatUser, Self.fresh, hasKey: true, hasPassword: true, expires: true)
        #expect(adding.first == .create && Array(adding.suffix(3)) == [.verify, .enable, .finish])
        let removing = RemovalStep.allCases
        #expect(removing.first == .lock && Array(removing.suffix(2)) == [.account, .verify])
    }

    struct Adder: AccountAdder, ~Copyable {
        let failing: AdditionStep
        var undone = 0
        var leaves: String?
        mutating func perform(_ step: AdditionStep) -> String? { step == failing ? "no" : nil }
        mutating func undo() -> String? {
            undone += 1
            return leaves
        }
    }

    @Test(
        "whichever step fails, everything is taken back, or it is said what is left", arguments: AdditionStep.allCases)
    func rollback(_ step: AdditionStep) {
        var adder = Adder(failing: step)
        #expect(adder.carryOut(AdditionStep.allCases) == .undone(step.rawValue + " failed: no"))
        #expect(adder.undone == 1)
        adder.leaves = "stuck"
        guard case .unfinished(let text) = adder.carryOut(AdditionStep.allCases) else {
            Issue.record("not told")
            return
        }
        #expect(text.contains("stuck"))
    }
}
