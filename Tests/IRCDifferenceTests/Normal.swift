import Foundation

/// A line without what differs from run to run or from program to program and says nothing.
enum Normal {
    private static let replacements: [(NSRegularExpression, String)] = [
        (#"ngircd(us|-26\.1 \([^)]*\)|-26\.1)"#, "SOFTWARE"), (#"ngIRCd-26\.1\."#, "SOFTWARE."),
        (#"\b1[67][0-9]{8}\b"#, "TIME"),
        (#"[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} 20[0-9]{2} at [0-9:]{8}"#, "DATE"),
        (#"[A-Z][a-z]+day [A-Z][a-z]+ [0-9]{2} 20[0-9]{2} -- [0-9:]{5}"#, "DATE"),
        (#" [0-9]+ TIME :seconds"#, " IDLE TIME :seconds"), (#"Up 0 days 0:00:[0-9]{2}"#, "Up UPTIME"),
        (#"^(:\S+ 21[12] \S+ \S+) .*"#, "$1 COUNTERS"),
        (#"statistics: client [0-9.]+ kb, server [0-9.]+ kb"#, "statistics: client N kb, server N kb"),
    ].compactMap { pattern, replacement in
        (try? NSRegularExpression(pattern: pattern)).map { ($0, replacement) }
    }

    /// ngircd leaves a sign in where the letters behind it changed nothing: "+M+ms".
    private static func withoutEmptySigns(_ modes: String) -> String {
        let isShown = modes.hasPrefix(":")
        var result = isShown ? ":" : ""
        var sign: Character?
        var shownSign: Character?
        for letter in isShown ? modes.dropFirst() : modes[...] {
            if letter == "+" || letter == "-" {
                sign = letter
                continue
            }
            if let sign, sign != shownSign { result.append(sign) }
            shownSign = sign
            result.append(letter)
        }
        return result
    }

    static func line(_ line: String) -> String {
        var text = line
        for (pattern, replacement) in replacements {
            let whole = NSRange(text.startIndex..., in: text)
            text = pattern.stringByReplacingMatches(in: text, range: whole, withTemplate: replacement)
        }
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count > 3 else { return text }
        switch words[1] {
        case "CAP": return text.trimmingCharacters(in: .whitespaces)
        case "MODE": words[3] = withoutEmptySigns(words[3])
        // ngircd lists modes in the order in which they were set.
        case "324" where words.count > 4: words[4] = String(words[4].sorted())
        case "221": words[3] = String(words[3].sorted())
        case "379": words[words.count - 1] = String(words[words.count - 1].sorted())
        // The order of names and of channels is that of a list inside the server.
        case "353", "319":
            guard let start = words.dropFirst().firstIndex(where: { $0.hasPrefix(":") }) else { return text }
            words[start].removeFirst()
            let names = words[start...].filter { !$0.isEmpty }.sorted()
            return (words[..<start] + [":"] + names).joined(separator: " ")
        default: break
        }
        return words.joined(separator: " ")
    }
}
