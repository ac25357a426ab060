/// Text that may go to a terminal: UTF-8 of printable characters, and beside it, never in it, how each part looks.
///
/// Only this module makes one that is not empty, and it does so only through `Gate`, so holding one proves that no byte
/// in it is a control, an escape or an invisible character. Properties, for every input: well-formed UTF-8; no C0, DEL or
/// C1; nothing that `CharacterClass` does not call `printable` or `combining`; at most four combining characters in a
/// row, and none at the start; the runs cover the bytes exactly.
public struct StyledText: Equatable, Sendable {
    /// A stretch of one look.
    public struct Run: Equatable, Sendable {
        /// In bytes; never 0.
        public var length: Int32
        public var style: Style
    }

    /// UTF-8.
    public private(set) var bytes: [UInt8] = []
    public private(set) var runs: [Run] = []

    /// No text.
    public init() {}

    /// A text of the program itself.
    public init(_ literal: StaticString, _ style: Style = .plain) {
        append(literal, style)
    }

    /// Text from anywhere, through the gate. `codes`: whether mIRC's formatting codes are obeyed; otherwise they are
    /// shown like other control characters.
    public init(untrusted text: ArraySlice<UInt8>, _ style: Style = .plain, codes: Bool = false) {
        append(untrusted: text, style, codes: codes)
    }

    /// The same for a whole array.
    public init(untrusted text: [UInt8], _ style: Style = .plain, codes: Bool = false) {
        append(untrusted: text[...], style, codes: codes)
    }

    public var isEmpty: Bool { bytes.isEmpty }

    /// Adds a text of the program itself; it goes through the gate like any other.
    public mutating func append(_ literal: StaticString, _ style: Style = .plain) {
        literal.withUTF8Buffer { append(untrusted: ArraySlice($0), style) }
    }

    /// Adds text from anywhere, through the gate.
    public mutating func append(untrusted text: ArraySlice<UInt8>, _ style: Style = .plain, codes: Bool = false) {
        // Taken out and put back, so that the bytes are not copied.
        var taken = StyledText()
        swap(&self, &taken)
        var gate = Gate(continuing: taken)
        taken = StyledText()
        gate.pass(text, style, codes: codes)
        self = gate.text
    }

    /// The same for a whole array.
    public mutating func append(untrusted text: [UInt8], _ style: Style = .plain, codes: Bool = false) {
        append(untrusted: text[...], style, codes: codes)
    }

    /// Adds what has passed already.
    public mutating func append(_ other: StyledText) {
        // A combining character cannot be first in a text, so nothing new can come together here.
        bytes.append(contentsOf: other.bytes)
        for run in other.runs { extend(by: Int(run.length), run.style) }
    }

    /// Adds a number in decimal.
    public mutating func append(number: Int, _ style: Style = .plain) {
        var digits: [UInt8] = []
        var rest = number.magnitude
        repeat {
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { digits.append(UInt8(ascii: "-")) }
        digits.reverse()
        append(untrusted: digits, style)
    }

    /// Adds spaces.
    public mutating func append(spaces count: Int, _ style: Style = .plain) {
        guard count > 0 else { return }
        for _ in 0..<count { bytes.append(0x20) }
        extend(by: count, style)
    }

    /// The style of the byte at an offset.
    public func style(at offset: Int) -> Style {
        var end = 0
        for run in runs {
            end += Int(run.length)
            if offset < end { return run.style }
        }
        return .plain
    }

    /// Adds attributes to a range of bytes.
    public mutating func add(_ attributes: Style.Attributes, to range: Range<Int>) {
        change(range) { $0.attributes.formUnion(attributes) }
    }

    /// Changes the look of a range of bytes.
    public mutating func change(_ range: Range<Int>, _ change: (inout Style) -> Void) {
        guard !range.isEmpty else { return }
        let old = runs
        runs = []
        var start = 0
        for run in old {
            let end = start + Int(run.length)
            let lower = max(start, min(range.lowerBound, end))
            let upper = max(lower, min(range.upperBound, end))
            extend(by: lower - start, run.style)
            var changed = run.style
            change(&changed)
            extend(by: upper - lower, changed)
            extend(by: end - upper, run.style)
            start = end
        }
    }

    /// Only for the gate: bytes that it has judged.
    mutating func appendPrintable(_ slice: ArraySlice<UInt8>, _ style: Style) {
        let before = bytes.count
        bytes.append(contentsOf: slice)
        extend(by: bytes.count - before, style)
    }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    private mutating func extend(by count: Int, _ style: Style) {
        guard count > 0 else { return }
        if let last = runs.indices.last, runs[last].style == style {
            runs[last].length += Int32(count)
        } else {
            runs.append(Run(length: Int32(count), style: style))
        }
    }
}
