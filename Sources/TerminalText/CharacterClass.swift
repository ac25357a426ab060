/// What the gate does with a character.
public enum CharacterClass: Equatable, Sendable {
    /// Shown as it is, in one or two cells.
    case printable(width: Int)
    /// Shown on the character before it.
    case combining
    /// Shown as one reverse-video letter: C0, DEL and C1, as irssi shows them.
    case control(letter: UInt8)
    /// Shown as one reverse-video "?": what changes the order of text, breaks lines, or is read as a blank.
    case deceptive
    /// Not shown: what belongs in honest text and takes no place (joiners, variation selectors, soft hyphens …).
    case ignored
    /// Shown as a plain space: the other spaces.
    case space

    /// The class of a character.
    public init(_ scalar: UInt32) {
        switch scalar {
        case 0x20...0x7E: self = .printable(width: 1)
        case 0x00...0x1F: self = .control(letter: UInt8(scalar) + 0x40)
        case 0x7F: self = .control(letter: UInt8(ascii: "?"))
        case 0x80...0x9F: self = .control(letter: UInt8(scalar - 0x80) + 0x40)
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F: self = .space
        // Soft hyphen, grapheme joiner, Mongolian selectors, joiners and zero-width space, word joiner and invisible
        // operators, variation selectors, byte order mark.
        case 0xAD, 0x34F, 0x180B...0x180F, 0x200B...0x200D, 0x2060...0x2064, 0xFE00...0xFE0F, 0xFEFF,
            0xE0100...0xE01EF:
            self = .ignored
        default: self = CharacterClass.isDeceptive(scalar) ? .deceptive : CharacterClass.ordinary(scalar)
        }
    }

    private static func isDeceptive(_ scalar: UInt32) -> Bool {
        switch scalar {
        // Marks, embeddings, overrides and isolates of direction; separators of lines and paragraphs.
        case 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2065...0x206F: true
        // Fillers: letters that look like nothing.
        case 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0: true
        // Annotations, object replacement, musical and shorthand formatting.
        case 0xFFF0...0xFFFC, 0x1BCA0...0x1BCAF, 0x1D173...0x1D17A, 0x13430...0x1345F: true
        // Private use, tags and what is above, surrogates, noncharacters.
        case 0xD800...0xF8FF, 0xFDD0...0xFDEF, 0xE0000...UInt32.max: true
        default: scalar & 0xFFFE == 0xFFFE
        }
    }

    private static func ordinary(_ scalar: UInt32) -> CharacterClass {
        if scalar < 0x300 { return .printable(width: 1) }
        if WidthTable.zero.holds(scalar) { return .combining }
        return .printable(width: scalar >= 0x1100 && WidthTable.wide.holds(scalar) ? 2 : 1)
    }
}

extension Array where Element == UInt32 {
    /// Whether a number lies in one of the ranges, which are pairs in order.
    fileprivate func holds(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = count / 2
        while low < high {
            let middle = (low + high) / 2
            if scalar > self[middle * 2 + 1] {
                low = middle + 1
            } else if scalar < self[middle * 2] {
                high = middle
            } else {
                return true
            }
        }
        return false
    }
}
