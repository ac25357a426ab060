import TerminalText

/// Reads keys from what a terminal sends: UTF-8, control characters, and the sequences that xterm, rxvt, PuTTY, screen,
/// tmux and the Linux console send for the other keys. Total, and bounded: what it does not know it drops, to the end of
/// the sequence, so that no part of it is taken for text.
public struct KeyDecoder: Sendable {
    /// How many bytes of one paste are kept.
    public static let pasteLimit = 16384
    private static let sequenceLimit = 32
    private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    private enum State: Equatable {
        case ground, escape, csi, ss3, linuxFunction, paste, utf8
    }
    private var state = State.ground
    private var pending: [UInt8] = []
    private var isMeta = false
    private var matched = 0

    public init() {}

    /// Whether a paste has begun and not ended.
    public var isPasting: Bool { state == .paste }

    /// Whether what came at once was pasted into a terminal that does not mark it: five lines, which nobody types.
    public static func looksPasted(_ bytes: some Collection<UInt8>) -> Bool {
        var lines = 0
        for byte in bytes {
            if byte == 0x1B { return false }
            if byte == 10 || byte == 13 { lines += 1 }
        }
        return lines >= 5
    }

    /// Takes bytes and gives what they mean, in order.
    public mutating func receive(_ bytes: some Collection<UInt8>) -> [Input] {
        var inputs: [Input] = []
        for byte in bytes {
            if let input = receive(byte) { inputs.append(input) }
        }
        return inputs
    }

    private mutating func receive(_ byte: UInt8) -> Input? {
        switch state {
        case .ground: return ground(byte)
        case .escape: return escape(byte)
        case .csi: return csi(byte)
        case .linuxFunction:
            state = .ground
            return byte >= 0x41 && byte <= 0x45 ? key(.function(byte - 0x40)) : nil
        case .ss3: return ss3(byte)
        case .paste: return paste(byte)
        case .utf8: return utf8(byte)
        }
    }

    private mutating func key(_ code: Key.Code, _ modifiers: Key.Modifiers = []) -> Input {
        defer { isMeta = false }
        return .key(Key(code, isMeta ? modifiers.union(.meta) : modifiers))
    }

    private mutating func ground(_ byte: UInt8) -> Input? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0x09: return key(.tab)
        case 0x0A, 0x0D: return key(.enter)
        case 0x08, 0x7F: return key(.backspace)
        case 0x00: return key(.character(0x40), .control)
        case 0x01...0x1A: return key(.character(UInt32(byte) + 0x60), .control)
        case 0x1C...0x1F: return key(.character(UInt32(byte) + 0x40), .control)
        case 0x20...0x7E: return key(.character(UInt32(byte)))
        default:
            pending = [byte]
            state = .utf8
            return utf8Complete()
        }
    }

    private mutating func utf8(_ byte: UInt8) -> Input? {
        guard byte & 0xC0 == 0x80 else {
            state = .ground
            isMeta = false
            return ground(byte)
        }
        pending.append(byte)
        return utf8Complete()
    }

    private mutating func utf8Complete() -> Input? {
        let first = pending[0]
        let wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
        guard pending.count >= wanted else { return nil }
        state = .ground
        guard let (scalar, _) = UTF8Decoding.scalar(in: pending[...], at: 0) else {
            isMeta = false
            return nil
        }
        return key(.character(scalar))
    }

    private mutating func escape(_ byte: UInt8) -> Input? {
        state = .ground
        pending = []
        switch byte {
        case 0x1B where !isMeta:
            // Alt with a key that itself sends a sequence, as rxvt does it.
            isMeta = true
            state = .escape
            return nil
        case 0x1B:
            state = .escape
            return nil
        case UInt8(ascii: "["): state = .csi
        case UInt8(ascii: "O"): state = .ss3
        default:
            isMeta = true
            return ground(byte)
        }
        return nil
    }

    private mutating func csi(_ byte: UInt8) -> Input? {
        // "ESC [ [ A" is F1 on the Linux console.
        if pending.isEmpty, byte == UInt8(ascii: "[") {
            state = .linuxFunction
            return nil
        }
        guard byte >= 0x20, byte < 0x7F else {
            state = .ground
            isMeta = false
            return ground(byte)
        }
        if byte < 0x40, byte != UInt8(ascii: "$") {
            if pending.count < KeyDecoder.sequenceLimit { pending.append(byte) }
            return nil
        }
        state = .ground
        let numbers = parameters()
        let modifiers = numbers.count > 1 ? KeyDecoder.modifiers(numbers[1]) : []
        switch byte {
        case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "@"):
            return tilde(numbers.first ?? 0, rxvt: byte, modifiers)
        case UInt8(ascii: "Z"): return key(.tab, .shift)
        case UInt8(ascii: "a")...UInt8(ascii: "d") where pending.isEmpty:
            return arrow(byte - 0x20).flatMap { key($0, .shift) }
        default: return cursorKey(byte, modifiers)
        }
    }

    private mutating func ss3(_ byte: UInt8) -> Input? {
        state = .ground
        guard byte >= 0x20, byte < 0x7F else {
            isMeta = false
            return ground(byte)
        }
        if byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "d") {
            return arrow(byte - 0x20).flatMap { key($0, .control) }
        }
        if byte == UInt8(ascii: "M") { return key(.enter) }
        return cursorKey(byte, [])
    }

    private mutating func cursorKey(_ byte: UInt8, _ modifiers: Key.Modifiers) -> Input? {
        if let code = arrow(byte) { return key(code, modifiers) }
        switch byte {
        case UInt8(ascii: "H"): return key(.home, modifiers)
        case UInt8(ascii: "F"): return key(.end, modifiers)
        case UInt8(ascii: "P")...UInt8(ascii: "S"): return key(.function(byte - UInt8(ascii: "P") + 1), modifiers)
        default:
            isMeta = false
            return nil
        }
    }

    private func arrow(_ byte: UInt8) -> Key.Code? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        default: nil
        }
    }

    private mutating func tilde(_ number: Int, rxvt: UInt8, _ modifiers: Key.Modifiers) -> Input? {
        var modifiers = modifiers
        if rxvt == UInt8(ascii: "^") || rxvt == UInt8(ascii: "@") { modifiers.insert(.control) }
        if rxvt == UInt8(ascii: "$") || rxvt == UInt8(ascii: "@") { modifiers.insert(.shift) }
        switch number {
        case 1, 7: return key(.home, modifiers)
        case 2: return key(.insert, modifiers)
        case 3: return key(.delete, modifiers)
        case 4, 8: return key(.end, modifiers)
        case 5: return key(.pageUp, modifiers)
        case 6: return key(.pageDown, modifiers)
        case 11...15: return key(.function(UInt8(number - 10)), modifiers)
        case 17...21: return key(.function(UInt8(number - 11)), modifiers)
        case 23, 24: return key(.function(UInt8(number - 12)), modifiers)
        case 200:
            (state, pending, matched, isMeta) = (.paste, [], 0, false)
            return nil
        default:
            isMeta = false
            return nil
        }
    }

    private mutating func paste(_ byte: UInt8) -> Input? {
        if byte == KeyDecoder.pasteEnd[matched] {
            matched += 1
        } else {
            matched = byte == 0x1B ? 1 : 0
        }
        if pending.count < KeyDecoder.pasteLimit { pending.append(byte) }
        guard matched == KeyDecoder.pasteEnd.count else { return nil }
        state = .ground
        // What of the end mark was kept.
        var kept = pending
        if kept.count < KeyDecoder.pasteLimit {
            kept.removeLast(KeyDecoder.pasteEnd.count)
        } else {
            var tail = KeyDecoder.pasteEnd.count
            while tail > 0, !kept.suffix(tail).elementsEqual(KeyDecoder.pasteEnd.prefix(tail)) { tail -= 1 }
            kept.removeLast(tail)
        }
        pending = []
        return .paste(kept)
    }

    private func parameters() -> [Int] {
        pending.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { digits in
            var value = 0
            for digit in digits where digit >= 0x30 && digit <= 0x39 {
                value = min(value * 10 + Int(digit - 0x30), 9999)
            }
            return value
        }
    }

    /// The second parameter of xterm's sequences: 1 and the sum of Shift 1, Alt 2, Ctrl 4.
    private static func modifiers(_ parameter: Int) -> Key.Modifiers {
        parameter > 1 && parameter <= 8 ? Key.Modifiers(rawValue: UInt8(parameter - 1)) : []
    }
}
