import IRCProtocol

/// What a configuration file has that is wrong, or that does not mean anything here.
public struct ConfigurationProblem: Sendable, Equatable {
    public enum Severity: Sendable, Equatable {
        /// The server goes on: the line is passed over.
        case warning
        /// The server must not start, nor take this configuration in a rehash.
        case error
    }

    public let severity: Severity
    /// The name of the file, as it was handed in.
    public let file: [UInt8]
    /// Counted from one; zero where a line is missing.
    public let line: Int
    public let text: String
}

/// Reads configuration files in ngircd's format: `[Section]`, `Variable = value`, comments after "#" or ";" at the start of
/// a line, names in any case. Opens nothing: the edge hands in the bytes, of the main file first, then of each file
/// that `includeDirectory` has, in the order of their names.
///
/// Source: ngircd.conf(5).
public struct ConfigurationReader: Sendable {
    private(set) var configuration = Configuration()
    private var problems: [ConfigurationProblem] = []
    private var section = Section.none
    private var file: [UInt8] = []
    private var line = 0

    private enum Section {
        case none, global, limits, options, operatorAccount, channel
        /// Known or not, what it says is passed over.
        case ignored
    }

    public init() {}

    /// Where the edge finds more files, named *.conf; empty where there are none.
    public var includeDirectory: [UInt8] { configuration.options.includeDirectory }

    /// Reads one file. Each starts outside any section.
    public mutating func read(_ bytes: some Collection<UInt8>, file name: some Collection<UInt8>) {
        file = Array(name)
        line = 0
        section = .none
        for text in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            line += 1
            readLine(ConfigurationReader.trimmed(Array(text)[...]))
        }
        line = 0
    }

    /// What was read, with what is missing or contradicts itself. A configuration with errors is not to be used.
    public mutating func finish() -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        if !Names.isServer(configuration.global.name) {
            report(.error, "[Global] Name: a server name with a dot in it is needed, such as irc.example.net")
        }
        for account in configuration.operators where account.name.isEmpty || account.password.isEmpty {
            report(.warning, "[Operator]: name or password is missing; the block is not used")
        }
        configuration.operators.removeAll { $0.name.isEmpty || $0.password.isEmpty }
        configuration.channels.removeAll { $0.name.isEmpty }
        return (configuration, problems)
    }

    private mutating func readLine(_ text: ArraySlice<UInt8>) {
        guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return }
        if text.contains(0) { return report(.error, "the line holds a NUL") }
        if first == UInt8(ascii: "[") { return readSection(text) }
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            return report(.error, "syntax error: expected \"Variable = value\"")
        }
        let name = CaseMapping.ascii.fold(ConfigurationReader.trimmed(text[..<equals]))
        let value = Array(ConfigurationReader.trimmed(text[(equals + 1)...]))
        let isKnown: Bool
        switch section {
        case .none: return report(.error, "\(shown(name)): not in any section")
        case .ignored: return
        case .global: isKnown = setGlobal(name, value)
        case .limits: isKnown = setLimit(name, value)
        case .options: isKnown = setOption(name, value)
        case .operatorAccount: isKnown = setOperator(name, value)
        case .channel: isKnown = setChannel(name, value)
        }
        if !isKnown { report(.warning, "\(shown(name)): unknown or without a meaning here, ignored") }
    }

    private mutating func readSection(_ text: ArraySlice<UInt8>) {
        guard text.last == UInt8(ascii: "]") else {
            section = .ignored
            return report(.error, "syntax error: \"]\" is missing")
        }
        switch CaseMapping.ascii.fold(text.dropFirst().dropLast()) {
        case [UInt8](ascii: "global"): section = .global
        case [UInt8](ascii: "limits"): section = .limits
        case [UInt8](ascii: "options"): section = .options
        case [UInt8](ascii: "operator"):
            section = .operatorAccount
            configuration.operators.append(Configuration.OperatorAccount())
        case [UInt8](ascii: "channel"):
            section = .channel
            configuration.channels.append(Configuration.PredefinedChannel())
        case let name:
            section = .ignored
            report(.warning, "[\(shown(name))]: unknown or without a meaning here, ignored")
        }
    }

    // MARK: Values, for the variables

    mutating func report(_ severity: ConfigurationProblem.Severity, _ text: String) {
        problems.append(ConfigurationProblem(severity: severity, file: file, line: line, text: text))
    }

    func shown(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }

    /// Whether a value says yes: "yes", "true", "on" or a number that is not zero.
    func isTrue(_ value: [UInt8]) -> Bool {
        let folded = CaseMapping.ascii.fold(value)
        let words = [[UInt8](ascii: "yes"), [UInt8](ascii: "true"), [UInt8](ascii: "on")]
        return words.contains(folded) || (folded.decimalValue ?? 0) != 0
    }

    /// Within bounds, or a complaint and nil.
    mutating func number(_ value: [UInt8], _ name: [UInt8], _ bounds: ClosedRange<Int>) -> Int? {
        if let number = value.decimalValue, bounds.contains(number) { return number }
        if value.isEmpty == false, value[0] == UInt8(ascii: "-"), let number = value.dropFirst().decimalValue,
            bounds.contains(-number)
        {
            return -number
        }
        report(.error, "\(shown(name)): expected a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        return nil
    }

    /// Text without a control character, which could not be shown in a line.
    mutating func text(_ value: [UInt8], _ name: [UInt8], limit: Int) -> [UInt8]? {
        var text = value[...]
        if text.count > 1, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") {
            text = text.dropFirst().dropLast()
        }
        guard text.allSatisfy({ $0 >= 32 && $0 != 127 }), text.isWellFormedUTF8 else {
            report(.error, "\(shown(name)): expected plain text in UTF-8")
            return nil
        }
        if text.count > limit { report(.warning, "\(shown(name)): cut to \(limit) bytes") }
        return Array(text.prefix(text.countKept(within: limit)))
    }

    /// The words of a list with commas.
    func list(_ value: [UInt8]) -> [[UInt8]] {
        value.split(separator: UInt8(ascii: ",")).map { Array(ConfigurationReader.trimmed($0)) }.filter { !$0.isEmpty }
    }

    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return text[first...last]
    }

    // MARK: Access, for the variables

    mutating func change(_ body: (inout Configuration) -> Void) { body(&configuration) }
}
