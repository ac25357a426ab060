/// A row of a wrapped text.
public struct Row: Equatable, Sendable {
    /// Which bytes of the text it shows.
    public let range: Range<Int>
    /// How many cells are left free before them.
    public let indent: Int
}

extension StyledText {
    /// Cuts the text into rows as irssi does: at the last space right of the indent and of column 10 that is within the
    /// row, and is not shown then; else where the row ends, and then the next row starts at column 0. An indent that would leave less
    /// than five cells is ignored. Wide characters are never cut.
    public func wrapped(width: Int, indent: Int) -> [Row] {
        guard width > 0 else { return [] }
        // A text of as many bytes as cells fits whatever it says.
        if bytes.count <= width { return [Row(range: 0..<bytes.count, indent: 0)] }
        let hang = indent + 5 > width ? 0 : indent
        var rows: [Row] = []
        var clusters = Clusters(bytes[...])
        var start = 0
        var rowIndent = 0
        var column = 0
        var afterSpace: (start: Int, column: Int)?
        while let cluster = clusters.next() {
            if column + cluster.width > width {
                if let space = afterSpace {
                    rows.append(Row(range: start..<(space.start - 1), indent: rowIndent))
                    column = hang + column - space.column
                    (start, rowIndent) = (space.start, hang)
                } else {
                    rows.append(Row(range: start..<cluster.range.lowerBound, indent: rowIndent))
                    (start, rowIndent, column) = (cluster.range.lowerBound, 0, 0)
                }
                afterSpace = nil
            }
            column += cluster.width
            // Not one that carries a combining character.
            if bytes[cluster.range.lowerBound] == 0x20, cluster.range.count == 1, column - 1 > hang, column - 1 > 10 {
                afterSpace = (cluster.range.upperBound, column)
            }
        }
        rows.append(Row(range: start..<bytes.count, indent: rowIndent))
        return rows
    }
}
