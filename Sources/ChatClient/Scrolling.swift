import IRCProtocol
import TerminalText

// Which rows of a window are seen.

extension Client {
    /// How many rows the text has.
    var textRows: Int { max(rows - 3, 0) }

    /// The rows of a line, and above it a rule where what has not been read begins.
    func wrappedRows(_ window: Window, _ number: Int) -> [Row] {
        let entry = window.scrollback[number]
        // Too near to the right edge a message goes on where other lines do.
        let indent = entry.indent < columns - 5 ? entry.indent : settings.number(.indent)
        return entry.text.wrapped(width: columns, indent: indent)
    }

    /// A row that is seen: of which line, and which of its rows; a row number of -1 is the rule above a line.
    struct SeenRow {
        var line: Int
        var row: Int
        var extent: Row?
    }

    /// Where the rule is, if anything follows it.
    private func rule(_ window: Window) -> Int? {
        guard settings.isOn(.unreadMarker), let unread = window.unread, window.scrollback.numbers.contains(unread),
            unread > window.scrollback.numbers.lowerBound, unread > window.clearedBefore
        else { return nil }
        return unread
    }

    /// The rows that end at a place, from above to below.
    func seenRows(_ window: Window, height: Int) -> [SeenRow] {
        let numbers = window.scrollback.numbers
        guard !numbers.isEmpty, height > 0 else { return [] }
        let isScrolled = window.anchor != nil
        let first = isScrolled ? numbers.lowerBound : max(numbers.lowerBound, window.clearedBefore)
        guard first < numbers.upperBound else { return [] }
        var last = numbers.upperBound - 1
        var lastRow = Int.max
        if let anchor = window.anchor {
            (last, lastRow) = (min(max(anchor.line, first), last), anchor.line < first ? Int.max : anchor.row)
        }
        let rule = rule(window)
        var seen: [SeenRow] = []
        var number = last
        while number >= first, seen.count < height {
            let rows = wrappedRows(window, number)
            var row = min(lastRow, rows.count - 1)
            lastRow = Int.max
            while row >= 0, seen.count < height {
                seen.append(SeenRow(line: number, row: row, extent: rows[row]))
                row -= 1
            }
            if number == rule, seen.count < height { seen.append(SeenRow(line: number, row: -1, extent: nil)) }
            number -= 1
        }
        return seen.reversed()
    }

    /// By the part of a page that is set: `/2`, or a number of rows.
    mutating func scroll(byPage direction: Int) {
        let setting = settings[.scrollPageCount]
        let count: Int
        if setting.first == UInt8(ascii: "/"), let divisor = setting.dropFirst().decimalValue, divisor > 0 {
            count = textRows / divisor
        } else {
            count = setting.decimalValue ?? textRows / 2
        }
        scroll(rows: direction * max(1, min(count, textRows)))
    }

    mutating func scroll(rows count: Int) {
        let numbers = activeWindow.scrollback.numbers
        guard !numbers.isEmpty else { return }
        var line = numbers.upperBound - 1
        var row = wrappedRows(activeWindow, line).count - 1
        if let anchor = activeWindow.anchor {
            line = min(max(anchor.line, numbers.lowerBound), line)
            row = anchor.line < numbers.lowerBound ? 0 : anchor.row
        }
        var left = count
        while left < 0 {
            if row > 0 {
                row -= 1
            } else if line > numbers.lowerBound {
                line -= 1
                row = wrappedRows(activeWindow, line).count - 1
            } else {
                break
            }
            left += 1
        }
        while left > 0 {
            if row + 1 < wrappedRows(activeWindow, line).count {
                row += 1
            } else if line + 1 < numbers.upperBound {
                line += 1
                row = 0
            } else {
                return scrollToEnd()
            }
            left -= 1
        }
        windows[active].anchor = (line, row)
        // No further up than where the first line is the topmost.
        let seen = seenRows(activeWindow, height: textRows)
        if seen.count < textRows { scrollToStart() }
        if let anchor = activeWindow.anchor, anchor.line == numbers.upperBound - 1,
            anchor.row == wrappedRows(activeWindow, anchor.line).count - 1
        {
            scrollToEnd()
        }
    }

    mutating func scrollToStart() {
        let numbers = activeWindow.scrollback.numbers
        guard !numbers.isEmpty else { return }
        var left = textRows
        var line = numbers.lowerBound
        while line < numbers.upperBound {
            let count = wrappedRows(activeWindow, line).count
            if count >= left {
                windows[active].anchor = (line, left - 1)
                if line == numbers.upperBound - 1, left == count, activeWindow.clearedBefore <= numbers.lowerBound {
                    scrollToEnd()
                }
                return
            }
            left -= count
            line += 1
        }
        // Everything fits.
        if activeWindow.clearedBefore > numbers.lowerBound {
            windows[active].anchor = (numbers.upperBound - 1, Int.max)
        } else {
            scrollToEnd()
        }
    }

    mutating func scrollToEnd() {
        windows[active].anchor = nil
        windows[active].hasMore = false
    }
}
