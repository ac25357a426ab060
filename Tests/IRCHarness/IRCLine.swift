/// One line from a server, taken apart. Written anew here, so that a fault in our own parser cannot hide itself.
public struct IRCLine: Sendable, Equatable, CustomStringConvertible {
    public let text: String
    public let tags: [String: String]
    /// Without its colon; empty when the line names none.
    public let source: String
    public let command: String
    public let parameters: [String]

    public var description: String { text }

    /// The part of the source before "!", or all of it.
    public var nick: String { String(source.prefix { $0 != "!" }) }

    /// The last parameter, or nothing.
    public var last: String { parameters.last ?? "" }

    public init(_ text: String) {
        self.text = text
        var rest = Substring(text)
        var tags: [String: String] = [:]
        if rest.hasPrefix("@") {
            for tag in IRCLine.word(&rest).dropFirst().split(separator: ";") {
                let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                tags[String(parts[0])] = parts.count > 1 ? IRCLine.unescaped(parts[1]) : ""
            }
        }
        self.tags = tags
        source = rest.hasPrefix(":") ? String(IRCLine.word(&rest).dropFirst()) : ""
        command = String(IRCLine.word(&rest))
        var parameters: [String] = []
        while !rest.isEmpty {
            if rest.hasPrefix(":") {
                parameters.append(String(rest.dropFirst()))
                break
            }
            parameters.append(String(IRCLine.word(&rest)))
        }
        self.parameters = parameters
    }

    public func parameter(_ place: Int) -> String { parameters.indices.contains(place) ? parameters[place] : "" }

    private static func word(_ rest: inout Substring) -> Substring {
        let word = rest.prefix { $0 != " " }
        rest = rest[word.endIndex...].drop { $0 == " " }
        return word
    }

    /// IRCv3 message-tags, "Escaping values".
    private static func unescaped(_ value: Substring) -> String {
        var result = ""
        var escapes = false
        for character in value {
            if escapes {
                let meanings: [Character: Character] = [":": ";", "s": " ", "r": "\r", "n": "\n"]
                result.append(meanings[character] ?? character)
                escapes = false
            } else if character == "\\" {
                escapes = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
