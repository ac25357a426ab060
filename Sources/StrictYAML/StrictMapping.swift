import ReleaseSupport
import Yams

/// A YAML mapping whose every key must be expected: a misspelt key would otherwise switch a check off in silence.
public struct StrictMapping {
    let file: String
    /// Where in the file, for messages; empty at the top.
    let place: String
    private let values: [String: Node]

    /// Reads `yaml`, the text of `file`.
    public init(yaml: String, file: String) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw ReleaseError(.setup, "\(file): not valid YAML: \(error)")
        }
        guard let node else { throw ReleaseError(.setup, "\(file): the file is empty") }
        try self.init(node, file: file, place: "")
    }

    private init(_ node: Node, file: String, place: String) throws {
        self.file = file
        self.place = place
        guard let mapping = node.mapping else {
            throw ReleaseError(.setup, "\(file): \(place.isEmpty ? "the file" : place) must be a mapping of keys")
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.string else { throw ReleaseError(.setup, "\(file): \(place): a key must be text") }
            values[name] = value
        }
        self.values = values
    }

    /// The keys, sorted.
    public var keys: [String] { values.keys.sorted() }

    /// Refuses every key that is not in `known`.
    public func allow(only known: Set<String>) throws {
        for key in keys where !known.contains(key) {
            throw ReleaseError(
                .setup, "\(file): unknown key '\(name(key))'",
                hint: "known keys here: \(known.sorted().joined(separator: ", "))")
        }
    }

    /// The list of texts under `key`, or nil.
    public func strings(_ key: String) throws -> [String]? {
        guard let node = values[key] else { return nil }
        guard let sequence = node.sequence, sequence.allSatisfy({ $0.scalar != nil }) else {
            throw ReleaseError(.setup, "\(file): '\(name(key))' must be a list of texts")
        }
        return sequence.compactMap(\.string)
    }

    /// The text under `key`, or nil.
    public func string(_ key: String) throws -> String? {
        guard let node = values[key] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw ReleaseError(.setup, "\(file): '\(name(key))' must be a text")
        }
        return text
    }

    /// The switch under `key`, or nil.
    public func boolean(_ key: String) throws -> Bool? {
        guard let node = values[key] else { return nil }
        guard let value = node.bool else {
            throw ReleaseError(.setup, "\(file): '\(name(key))' must be true or false")
        }
        return value
    }

    /// The whole number above 0 under `key`, or nil.
    public func count(_ key: String) throws -> UInt64? {
        guard let node = values[key] else { return nil }
        guard let value = node.int, value > 0 else {
            throw ReleaseError(.setup, "\(file): '\(name(key))' must be a whole number above 0")
        }
        return UInt64(value)
    }

    /// The mapping under `key`, or nil.
    public func mapping(_ key: String) throws -> StrictMapping? {
        try values[key].map { try StrictMapping($0, file: file, place: name(key)) }
    }

    /// `value`, or an error that says that `key` is missing.
    public func required<Value>(_ key: String, _ value: Value?) throws -> Value {
        guard let value else { throw ReleaseError(.setup, "\(file): the key '\(name(key))' is missing") }
        return value
    }

    private func name(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
}
