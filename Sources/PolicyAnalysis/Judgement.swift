import ReleaseSupport

/// Compares a linked policy with what is expected of it. Pure: the edge (`PolicyLinker`) has made the policy.
public struct Judgement: Sendable {
    /// What is wrong, sorted; empty where all is well.
    public let findings: [Finding]
    /// What the base policy gives our domains and untochat-deny.cil takes back: taken back already where the userspace
    /// that linked the policy knows `deny`, else what would be.
    public let takenBack: [Access]

    /// Compares.
    ///
    /// - Parameters:
    ///   - module: untochat.te as the compiler hands it on, in the intermediate language.
    ///   - deny: the text of untochat-deny.cil.
    public init(_ facts: PolicyFacts, module: String, deny: String, expected: Expectations) throws {
        let stated = try CILRules(module, file: "untochat.te", in: facts)
        let denied = try CILRules(deny, file: "untochat-deny.cil", in: facts, beside: stated)
        var domains: [DomainJudgement] = []
        for (name, domain) in expected.domains {
            domains.append(
                DomainJudgement(name, domain, expected.roleDomains, facts, stated: stated, denied: denied))
        }
        takenBack = domains.flatMap(\.takenBack).sorted()
        let whole = PolicyJudgement(facts, expected, Dictionary(uniqueKeysWithValues: domains.map { ($0.name, $0) }))
        findings = Set(domains.flatMap(\.findings) + whole.findings).sorted()
    }
}

/// What one domain may do, compared with what is expected of it.
struct DomainJudgement {
    let name: String
    private(set) var findings: [Finding] = []
    private(set) var takenBack: [Access] = []
    /// What is left to it.
    private(set) var left: [Access: PolicyFacts.Rule] = [:]

    private let facts: PolicyFacts

    init(
        _ name: String, _ expected: Expectations.Domain, _ roleDomains: Set<String>, _ facts: PolicyFacts,
        stated: CILRules, denied: CILRules
    ) {
        self.name = name
        self.facts = facts
        guard facts.types.contains(name) else {
            findings = [Finding(name, "the policy has no such type")]
            return
        }
        weigh(stated, denied)
        compare(expected)
        compareWords(expected)
        compareEntries(expected)
        refuseWidening()
    }

    /// What is denied and what is left; and whether denying left exactly what is stated.
    private mutating func weigh(_ stated: CILRules, _ denied: CILRules) {
        for (access, rule) in facts.accesses(of: name) {
            let isStated = stated.states(access)
            let isDenied = denied.denies(access)
            if isDenied {
                takenBack.append(access)
                if isStated { add("untochat-deny.cil takes back what untochat.te states", "\(access)") }
            } else if !isStated {
                add("the base policy gives this, and untochat-deny.cil does not take it back: \(access)", rule.rule)
            }
            // What is stated counts even where it is denied: an older userspace has no deny rules.
            if isStated || !isDenied { left[access] = rule }
        }
    }

    private mutating func add(_ what: String, _ rule: String?) { findings.append(Finding(name, what, rule: rule)) }

    private mutating func compare(_ expected: Expectations.Domain) {
        let text = expected.runs.union(expected.libraries)
        compare("executes", expected.runs.union(expected.libraries)) { $0 == .run }
        compare("is entered through", expected.entrypoints) { $0 == .entrypoint }
        compare("may become", expected.enters) { $0 == .enter }
        compare("reads", expected.reads, beside: text.union(expected.writes)) { $0 == .read }
        compare("writes", expected.writes) { $0 == .write }
        compare("removes", expected.removes) { $0 == .remove }
        compare("signals", expected.signals) { $0 == .signal }
        compare("tells of its end", expected.tells) { $0 == .endReport }
        compare("uses descriptors of", expected.descriptors) { $0 == .descriptor }

        let own = left.filter { Meaning(of: $0.key) == .ownProcess }
        for (access, rule) in own where !expected.ownProcess.contains(access.permission) {
            add("may \(access.permission) its own process, which is not expected", rule.rule)
        }
        let found = Set(own.keys.map(\.permission))
        for missing in expected.ownProcess.subtracting(found).sorted() {
            add("may not \(missing) its own process, which is expected", nil)
        }
    }

    /// Compares the types that accesses of one meaning reach with those that are expected, both ways.
    private mutating func compare(
        _ verb: String, _ expected: Set<String>, beside others: Set<String> = [], _ isMeant: (Meaning) -> Bool
    ) {
        let known = expected.map { facts.aliases[$0] ?? $0 }
        var found: Set<String> = []
        for (access, rule) in left where isMeant(Meaning(of: access)) {
            found.insert(access.target)
            if !known.contains(access.target), !others.contains(where: { (facts.aliases[$0] ?? $0) == access.target }) {
                add("\(verb) \(access.target), which is not expected", rule.rule)
            }
        }
        for missing in known where facts.types.contains(missing) && !found.contains(missing) {
            add("\(verb) not \(missing), which is expected", nil)
        }
    }

    private mutating func compareWords(_ expected: Expectations.Domain) {
        var wanted: Set<Access> = []
        for words in expected.words {
            let target = words.target == "self" ? name : facts.aliases[words.target] ?? words.target
            guard facts.types.contains(target) else { continue }
            for permission in words.permissions {
                wanted.insert(
                    Access(source: name, target: target, objectClass: words.objectClass, permission: permission))
            }
        }
        for (access, rule) in left where Meaning(of: access) == .other && !wanted.contains(access) {
            add("may \(access.permission) \(access.target):\(access.objectClass), which is not expected", rule.rule)
        }
        for access in wanted where left[access] == nil {
            add("may not \(access.permission) \(access.target):\(access.objectClass), which is expected", nil)
        }
    }

    private mutating func compareEntries(_ expected: Expectations.Domain) {
        let sources = facts.sources(into: name)
        let known = Set(expected.enteredFrom.filter { facts.types.contains($0) })
        for source in sources.subtracting(known).sorted() {
            let rule = facts.transitions.first { $0.sources.contains(source) && $0.targets.contains(name) }
            add("\(source) may become it, which is not expected", rule?.rule)
        }
        for source in known.subtracting(sources).sorted() { add("\(source) may not become it, which is expected", nil) }
    }

    /// No boolean gives it anything, and it is not permissive.
    private mutating func refuseWidening() {
        if facts.permissive.contains(name) { add("is permissive: it may do everything", nil) }
        for (access, rule) in left {
            if let condition = rule.condition { add("\(access) depends on \(condition)", rule.rule) }
        }
    }
}
