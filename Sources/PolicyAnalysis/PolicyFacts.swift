import Foundation
import ReleaseSupport

/// What a linked policy says of our domains, as `selinux/facts.py` prints it.
public struct PolicyFacts: Codable, Sendable {
    /// An allow rule with its sets of types.
    public struct Rule: Codable, Sendable {
        let sources: [String]
        let targets: [String]
        let `class`: String
        let permissions: [String]
        /// The boolean expression and branch that it is under.
        let condition: String?
        /// As the policy has it.
        let rule: String
    }

    struct Default: Codable, Sendable {
        let sources: [String]
        let targets: [String]
        let `class`: String
        let `default`: String
        let rule: String
    }

    struct Controls: Codable, Sendable {
        let sources: [String]
        let targets: [String]
        let `class`: String
        /// Numbers of ioctl(2), in hexadecimal.
        let permissions: [String]
        let rule: String
    }

    struct User: Codable, Sendable {
        let roles: [String]
        let range: String
    }

    let types: [String]
    let aliases: [String: String]
    let attributes: [String: [String]]
    let classes: [String: [String]]
    let permissive: [String]
    let roles: [String: [String]]
    let roleAllows: [[String]]
    let users: [String: User]
    let booleans: [String: Bool]
    /// Rules whose sources include one of our domains; only these of the sources are given.
    let allows: [Rule]
    /// Every rule of the policy by which a domain is entered, or a file is the entry to one.
    let transitions: [Rule]
    let defaults: [Default]
    let ioctls: [Controls]

    /// Reads the JSON.
    static func decode(_ bytes: [UInt8]) throws -> PolicyFacts {
        do {
            return try JSONDecoder().decode(PolicyFacts.self, from: Data(bytes))
        } catch {
            throw ReleaseError(.audit, "what facts.py printed cannot be read: \(error)")
        }
    }

    /// Everything that `domain` may do, each with a rule that says so. A rule without a condition goes before one with.
    func accesses(of domain: String) -> [Access: Rule] {
        var found: [Access: Rule] = [:]
        for rule in allows where rule.sources.contains(domain) {
            for target in rule.targets {
                for permission in rule.permissions {
                    let access = Access(
                        source: domain, target: target, objectClass: rule.class, permission: permission)
                    if found[access] == nil || rule.condition == nil { found[access] = rule }
                }
            }
        }
        return found
    }

    /// Who may enter which domain: the sources of transitions into `domain`.
    func sources(into domain: String) -> Set<String> {
        Set(transitions.filter { isEntering($0) && $0.targets.contains(domain) }.flatMap(\.sources)).subtracting([
            domain
        ])
    }

    /// The domains that `domain` may enter, by exec or by itself.
    func targets(from domain: String) -> Set<String> {
        Set(transitions.filter { isEntering($0) && $0.sources.contains(domain) }.flatMap(\.targets)).subtracting([
            domain
        ])
    }

    private func isEntering(_ rule: Rule) -> Bool {
        rule.class == "process" && !Set(rule.permissions).isDisjoint(with: ["transition", "dyntransition"])
    }
}
