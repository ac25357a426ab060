/// One character with the combining characters on it.
public struct Cluster: Equatable, Sendable {
    /// Where its bytes are.
    public let range: Range<Int>
    /// 1 or 2 cells; 0 only for combining characters at the start of a range that begins within a cluster.
    public let width: Int
}

/// Goes through the clusters of a piece of text that has passed the gate.
public struct Clusters: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// The next cluster; nil at the end.
    public mutating func next() -> Cluster? {
        guard index < bytes.endIndex else { return nil }
        let start = index
        var width = 1
        if bytes[index] < 0x80 {
            index += 1
            // The next byte of most text is ASCII too, and then nothing can combine.
            guard index < bytes.endIndex, bytes[index] >= 0xCC else { return Cluster(range: start..<index, width: 1) }
        } else {
            guard let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: index) else {
                index = bytes.endIndex
                return Cluster(range: start..<index, width: 1)
            }
            width = CharacterClass(scalar).cells
            index += length
        }
        while index < bytes.endIndex, bytes[index] >= 0xCC,
            let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: index), CharacterClass(scalar) == .combining
        {
            index += length
        }
        return Cluster(range: start..<index, width: width)
    }
}

extension CharacterClass {
    /// How many cells a character takes where it has passed the gate.
    public var cells: Int {
        if case .printable(let width) = self { return width }
        return self == .combining ? 0 : 1
    }
}

extension StyledText {
    /// How many cells the text takes in one row.
    public var width: Int {
        var clusters = Clusters(bytes[...])
        var width = 0
        while let cluster = clusters.next() { width += cluster.width }
        return width
    }

    /// As much of the start as fits in a number of cells.
    public func prefix(cells: Int) -> StyledText {
        var clusters = Clusters(bytes[...])
        var width = 0
        var end = 0
        while let cluster = clusters.next(), width + cluster.width <= cells {
            width += cluster.width
            end = cluster.range.upperBound
        }
        return slice(0..<end)
    }

    /// A part, which must begin and end at characters.
    public func slice(_ range: Range<Int>) -> StyledText {
        var part = StyledText()
        var start = 0
        for run in runs {
            let end = start + Int(run.length)
            let lower = max(start, range.lowerBound)
            let upper = min(end, range.upperBound)
            if lower < upper { part.appendPrintable(bytes[lower..<upper], run.style) }
            start = end
        }
        return part
    }
}
