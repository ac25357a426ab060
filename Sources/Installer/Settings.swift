/// Arguments of the form NAME=VALUE, as the Makefile passes them.
public struct Settings: Equatable, Sendable {
    private let values: [String: String]

    /// Reads `words`, which may set the names in `known`. An empty value is no value: the Makefile passes what it was not
    /// given, too.
    init(_ words: [String], known: [String]) throws(Misuse) {
        var values: [String: String] = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "=") else { throw Misuse("\(quoted(word)) is not NAME=VALUE") }
            let name = String(word[..<equals])
            guard known.contains(name) else { throw Misuse("there is no setting \(quoted(name))") }
            guard values.updateValue(String(word[word.index(after: equals)...]), forKey: name) == nil else {
                throw Misuse("\(name) is given twice")
            }
        }
        self.values = values
    }

    /// The value of `name`, if it has one.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The value of `name`, which must have one.
    func required(_ name: String) throws(Misuse) -> String {
        guard let value = self[name] else { throw Misuse("\(name) is missing") }
        return value
    }

    /// The value of `name` as a number in `range`.
    func number(_ name: String, in range: ClosedRange<Int>, otherwise: Int) throws(Misuse) -> Int {
        guard let text = self[name] else { return otherwise }
        guard let number = Int(text), range.contains(number) else {
            throw Misuse("\(name) is \(quoted(text)), not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
