/// What concerns more than one domain: role and user, what can be reached by many steps, who else may change what is ours,
/// channels between domains, the terminal.
struct PolicyJudgement {
    private(set) var findings: [Finding] = []
    private let facts: PolicyFacts
    private let expected: Expectations
    private let domains: [String: DomainJudgement]

    init(_ facts: PolicyFacts, _ expected: Expectations, _ domains: [String: DomainJudgement]) {
        self.facts = facts
        self.expected = expected
        self.domains = domains
        judgeRole()
        judgeUser()
        judgeReach()
        judgeStrangers()
        judgeChannels()
        judgeTerminal()
    }

    private mutating func add(_ subject: String, _ what: String, _ rule: String? = nil) {
        findings.append(Finding(subject, what, rule: rule))
    }

    private mutating func compare(_ subject: String, _ verb: String, _ expected: Set<String>, _ found: Set<String>) {
        for one in found.subtracting(expected).sorted() { add(subject, "\(verb) \(one), which is not expected") }
        for one in expected.subtracting(found).sorted() { add(subject, "\(verb) not \(one), which is expected") }
    }

    private mutating func judgeRole() {
        let role = expected.role
        compare(role, "holds", expected.roleDomains, Set(facts.roles[role] ?? []))
        let others = facts.roleAllows.filter { $0.count == 2 && $0[0] != $0[1] }
        compare(role, "may become", [], Set(others.filter { $0[0] == role }.map { $0[1] }))
        compare(role, "is entered from", expected.roleEnteredFrom, Set(others.filter { $0[1] == role }.map { $0[0] }))
    }

    private mutating func judgeUser() {
        guard let user = facts.users[expected.user] else { return add(expected.user, "the policy has no such user") }
        compare(expected.user, "has", expected.userRoles, Set(user.roles))
        if user.range != expected.userRange {
            add(expected.user, "has the range \(user.range) instead of \(expected.userRange)")
        }
        for (name, other) in facts.users where name != expected.user && other.roles.contains(expected.role) {
            add(name, "has the role \(expected.role), which is not expected")
        }
    }

    /// By every chain of transitions that the role allows.
    private mutating func judgeReach() {
        let allowed = Set(facts.roles[expected.role] ?? [])
        for start in expected.domains.keys.sorted() where expected.roleDomains.contains(start) {
            var reached: Set<String> = []
            var waiting = [start]
            while let domain = waiting.popLast() {
                for next in facts.targets(from: domain) where allowed.contains(next) && reached.insert(next).inserted {
                    waiting.append(next)
                }
            }
            for domain in reached.subtracting(expected.reaches).subtracting([start]).sorted() {
                let rule = facts.transitions.first { $0.targets.contains(domain) && $0.class == "process" }
                add(start, "reaches \(domain) by steps that its role allows, which is not expected", rule?.rule)
            }
        }
    }

    private mutating func judgeStrangers() {
        for (name, types) in expected.strangers {
            for (access, rule) in facts.accesses(of: name) {
                let meaning = Meaning(of: access)
                if types.contains(access.target), meaning == .write || meaning == .remove {
                    add(name, "may \(access.permission) \(access.target):\(access.objectClass)", rule.rule)
                }
            }
        }
    }

    /// Names of ports stand for the connection: the one who may connect writes, the one who may listen reads.
    private func writes(_ domain: String) -> Set<String> {
        types(domain) { access in
            [.write, .remove].contains(Meaning(of: access)) || access.permission == "name_connect"
        }
    }

    private func reads(_ domain: String) -> Set<String> {
        types(domain) { access in
            Meaning(of: access) == .read && ["read", "search", "map"].contains(access.permission)
                || access.permission == "name_bind"
        }
    }

    private func types(_ domain: String, _ isMeant: (Access) -> Bool) -> Set<String> {
        Set((domains[domain]?.left ?? [:]).keys.filter(isMeant).map(\.target))
    }

    private mutating func judgeChannels() {
        for from in domains.keys.sorted() {
            for to in domains.keys.sorted() where to != from {
                let through = expected.channels.first { $0.from == from && $0.to == to }?.through ?? []
                let known = Set(through.map { facts.aliases[$0] ?? $0 }.filter { facts.types.contains($0) })
                compare(from, "can tell \(to) something through", known, writes(from).intersection(reads(to)))
            }
        }
    }

    /// Controls are allowed one by one; a domain with none named could use all.
    private mutating func judgeTerminal() {
        for domain in expected.terminalDomains.sorted() {
            let rules = facts.ioctls.filter { $0.sources.contains(domain) && $0.targets.contains(expected.terminal) }
            if rules.isEmpty { add(domain, "may use every control of \(expected.terminal): none is named") }
            for rule in rules {
                for number in expected.terminalNever.intersection(rule.permissions).sorted() {
                    add(domain, "may use the control \(number) of \(expected.terminal)", rule.rule)
                }
            }
        }
    }
}
