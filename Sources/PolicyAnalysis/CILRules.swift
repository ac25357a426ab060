import ReleaseSupport

/// The allow and deny rules of a module in the Common Intermediate Language, against the policy that it is linked to:
/// sets of types and permissions are replaced by what they mean there.
struct CILRules {
    /// A rule with its sets.
    struct Rule {
        let sources: Set<String>
        /// Nil for `self`.
        let targets: Set<String>?
        let permissions: [String: Set<String>]

        func covers(_ access: Access) -> Bool {
            sources.contains(access.source) && (targets?.contains(access.target) ?? (access.source == access.target))
                && permissions[access.objectClass]?.contains(access.permission) == true
        }
    }

    private(set) var allowed: [Rule] = []
    private(set) var denied: [Rule] = []
    /// Blocks `optional` that this policy lacks something for.
    private(set) var skipped: [String] = []

    private var types: Universe
    private let classes: [String: Set<String>]
    private var named: [String: [String: Set<String>]] = [:]

    /// Reads `text`, the text of `file`, against the policy that `facts` are of.
    ///
    /// - Parameter other: a module whose sets this one may name: the compiler leaves out of a policy those it does not need.
    init(_ text: String, file: String, in facts: PolicyFacts, beside other: CILRules? = nil) throws {
        types = Universe(all: Set(facts.types), sets: other?.types.sets ?? [:])
        types.sets.merge(facts.attributes.mapValues { Set($0) }) { $0.union($1) }
        for (alias, type) in facts.aliases { types.sets[alias] = [type] }
        classes = facts.classes.mapValues { Set($0) }
        do {
            try read(CIL.parse(text, file: file))
        } catch let error as ReleaseError where !error.what.hasPrefix(file) {
            throw ReleaseError(.audit, "\(file): \(error.what)")
        }
    }

    /// Whether a rule takes `access` back.
    func denies(_ access: Access) -> Bool { denied.contains { $0.covers(access) } }

    /// Whether a rule states `access`.
    func states(_ access: Access) -> Bool { allowed.contains { $0.covers(access) } }

    private mutating func read(_ statements: [CIL]) throws {
        // Sets first: a compiler takes statements in any order.
        for statement in statements { try readSet(statement) }
        for statement in statements { try readRule(statement) }
    }

    private mutating func readSet(_ statement: CIL) throws {
        guard let list = statement.list, let keyword = statement.keyword else { return }
        switch (keyword, list.count) {
        case ("typeattribute", 2):
            guard let name = list[1].word else { return }
            // What is declared here is known from the policy, if it was linked with this module.
            if types.sets[name] == nil { types.sets[name] = [] }
        case ("typeattributeset", 3):
            // The compiler's own mark for what a module requires.
            guard let name = list[1].word, name != "cil_gen_require" else { return }
            types.sets[name, default: []].formUnion(try types.evaluate(list[2]))
        case ("classpermissionset", 3):
            guard let name = list[1].word else { return }
            named[name, default: [:]].merge(try permissions(list[2])) { $0.union($1) }
        case ("optional", 2...):
            guard isComplete(list) else {
                skipped.append(list[1].word ?? "")
                return
            }
            for statement in list.dropFirst(2) { try readSet(statement) }
        default: break
        }
    }

    private mutating func readRule(_ statement: CIL) throws {
        guard let list = statement.list, let keyword = statement.keyword else { return }
        switch (keyword, list.count) {
        case ("allow", 4): allowed.append(try rule(list))
        case ("deny", 4):
            // secilc 3.8 takes these for nothing, and says nothing: the rule would deny nothing.
            if list[3].list?.last?.words.contains(where: ["all", "not", "and", "or", "xor"].contains) == true {
                throw ReleaseError(
                    .audit, "a deny rule has an expression for permissions",
                    hint: "give it a name by classpermissionset")
            }
            denied.append(try rule(list))
        case ("optional", 2...):
            guard !skipped.contains(list[1].word ?? "") else { return }
            for statement in list.dropFirst(2) { try readRule(statement) }
        default: break
        }
    }

    private func rule(_ list: [CIL]) throws -> Rule {
        Rule(
            sources: try types.evaluate(list[1]), targets: list[2].word == "self" ? nil : try types.evaluate(list[2]),
            permissions: try permissions(list[3]))
    }

    /// `(file (read write))`, or the name of such a set.
    private func permissions(_ expression: CIL) throws -> [String: Set<String>] {
        if let name = expression.word {
            guard let set = named[name] else { throw ReleaseError(.audit, "no set of permissions is called \(name)") }
            return set
        }
        guard let list = expression.list, list.count == 2, let name = list[0].word, let all = classes[name] else {
            throw ReleaseError(.audit, "the policy has no class \(expression.keyword ?? "")")
        }
        return [name: try Universe(all: all, sets: [:]).evaluate(list[1])]
    }

    /// Whether this policy has every type and class that the block names.
    private func isComplete(_ block: [CIL]) -> Bool {
        var declared: Set<String> = []
        for case .list(let list) in block.dropFirst(2) {
            if ["typeattribute", "classpermission"].contains(list.first?.word), let name = list[1].word {
                declared.insert(name)
            }
        }
        let operators: Set = ["and", "or", "not", "xor", "all", "self", "cil_gen_require"]
        func isKnown(_ name: String) -> Bool {
            declared.contains(name) || operators.contains(name) || types.contains(name) || named[name] != nil
        }
        return block.dropFirst(2).allSatisfy { statement in
            guard let list = statement.list, let keyword = statement.keyword else { return true }
            switch keyword {
            case "typeattributeset": return list.dropFirst(2).flatMap(\.words).allSatisfy(isKnown)
            case "allow", "deny":
                let object = list.last?.keyword.map { classes[$0] != nil } ?? true
                return object && list.dropFirst().dropLast().flatMap(\.words).allSatisfy(isKnown)
            case "classpermissionset": return list.last?.keyword.map { classes[$0] != nil } ?? false
            default: return true
            }
        }
    }
}
