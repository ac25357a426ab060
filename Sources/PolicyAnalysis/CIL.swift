import ReleaseSupport

/// An expression of SELinux's Common Intermediate Language: a word, or a list of expressions.
///
/// Source: secilc's reference of the language; only what a compiler reads, which is all of its syntax.
enum CIL: Equatable {
    case word(String)
    case list([CIL])

    /// The expressions in a file. `;` begins a comment; a text in quotes is one word.
    static func parse(_ text: String, file: String) throws -> [CIL] {
        var open: [[CIL]] = [[]]
        var word = ""
        var isQuoted = false
        var isComment = false
        func endWord() {
            if !word.isEmpty { open[open.count - 1].append(.word(word)) }
            word = ""
        }
        for character in text {
            if isComment {
                isComment = character != "\n"
            } else if isQuoted {
                isQuoted = character != "\""
                if isQuoted { word.append(character) } else { endWord() }
            } else {
                switch character {
                case ";":
                    endWord()
                    isComment = true
                case "\"": isQuoted = true
                case "(":
                    endWord()
                    open.append([])
                case ")":
                    endWord()
                    guard open.count > 1, let list = open.popLast() else {
                        throw ReleaseError(.audit, "\(file): there is a ')' too many")
                    }
                    open[open.count - 1].append(.list(list))
                case " ", "\t", "\n": endWord()
                default: word.append(character)
                }
            }
        }
        endWord()
        guard open.count == 1, !isQuoted else { throw ReleaseError(.audit, "\(file): a ')' or a quote is missing") }
        return open[0]
    }

    var word: String? {
        if case .word(let word) = self { word } else { nil }
    }

    var list: [CIL]? {
        if case .list(let list) = self { list } else { nil }
    }

    /// What a statement begins with.
    var keyword: String? { list?.first?.word }

    /// Every word in it.
    var words: [String] {
        switch self {
        case .word(let word): [word]
        case .list(let list): list.flatMap(\.words)
        }
    }
}

/// The names of one kind that a policy knows: types with their attributes, or the permissions of a class.
struct Universe {
    /// What there is.
    var all: Set<String>
    /// Names of sets of these, and other names of one.
    var sets: [String: Set<String>]

    func contains(_ name: String) -> Bool { all.contains(name) || sets[name] != nil }

    /// The value of a set expression: a name, a list of names, or one of them with `and`, `or`, `xor`, `not` or `all`.
    func evaluate(_ expression: CIL) throws -> Set<String> {
        switch expression {
        case .word("all"): return all
        case .word(let name):
            if let set = sets[name] { return set }
            guard all.contains(name) else { throw ReleaseError(.audit, "the policy has nothing called \(name)") }
            return [name]
        case .list(let list):
            let operands = list.dropFirst()
            switch (list.first?.word, operands.count) {
            case ("all", 0): return all
            case ("not", 1): return try all.subtracting(operands.map(evaluate)[0])
            case ("and", 2...): return try operands.map(evaluate).reduce(all) { $0.intersection($1) }
            case ("or", 2...): return try operands.map(evaluate).reduce([]) { $0.union($1) }
            case ("xor", 2): return try operands.map(evaluate).reduce([]) { $0.symmetricDifference($1) }
            default: return try list.map(evaluate).reduce([]) { $0.union($1) }
            }
        }
    }
}
