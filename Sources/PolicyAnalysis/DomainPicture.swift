/// A picture of our domains and of who may become whom, as SVG. Pure: it shows what `expectations.yaml` says, which
/// `untochat policy check` holds against the policy.
public enum DomainPicture {
    private static let width = 190
    private static let height = 56
    private static let gap = 90
    private static let row = 96

    /// Draws.
    public static func svg(_ expected: Expectations) -> String {
        let edges = edges(expected)
        let columns = columns(edges, domains: Set(expected.domains.keys))
        var places: [String: (x: Int, y: Int)] = [:]
        for (column, names) in columns.enumerated() {
            for (index, name) in names.enumerated() {
                places[name] = (20 + column * (width + gap), 20 + index * row)
            }
        }
        let tallest = columns.map(\.count).max() ?? 0
        let size = (columns.count * (width + gap) - gap + 40, tallest * row + 10)
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(size.0)" height="\(size.1)" viewBox="0 0 \(size.0) \(size.1)" \
            font-family="sans-serif" font-size="14">
            <title>SELinux domains of an Untochat server, and who may become whom</title>
            <rect width="100%" height="100%" fill="#ffffff"/>
            <defs><marker id="arrow" markerWidth="9" markerHeight="9" refX="8" refY="4.5" orient="auto">\
            <path d="M0,0 L9,4.5 L0,9 z" fill="#333333"/></marker></defs>

            """
        for (from, to) in edges {
            guard let start = places[from], let end = places[to] else { continue }
            svg += """
                <path d="M\(start.x + width),\(start.y + height / 2) L\(end.x - 2),\(end.y + height / 2)" stroke="#333333" \
                stroke-width="1.5" fill="none" marker-end="url(#arrow)"/>

                """
        }
        for name in places.keys.sorted() {
            guard let place = places[name] else { continue }
            svg += box(name, at: place, expected)
        }
        return svg + "</svg>\n"
    }

    private static func edges(_ expected: Expectations) -> [(String, String)] {
        var edges: [(String, String)] = []
        for name in expected.domains.keys.sorted() {
            guard let domain = expected.domains[name] else { continue }
            for source in domain.enteredFrom.sorted() { edges.append((source, name)) }
            for target in domain.enters.sorted() where expected.domains[target] == nil { edges.append((name, target)) }
        }
        return edges
    }

    /// Each domain right of those that become it.
    private static func columns(_ edges: [(String, String)], domains: Set<String>) -> [[String]] {
        var column: [String: Int] = [:]
        for (from, to) in edges { (column[from], column[to]) = (0, 0) }
        // As many rounds as there are domains: longer chains there are none.
        for _ in 0..<column.count {
            for (from, to) in edges { column[to] = max(column[to] ?? 0, (column[from] ?? 0) + 1) }
        }
        let last = column.values.max() ?? 0
        return (0...last).map { index in column.filter { $0.value == index }.keys.sorted(by: >) }
    }

    private static func box(_ name: String, at place: (x: Int, y: Int), _ expected: Expectations) -> String {
        let domain = expected.domains[name]
        let note = domain.map { "by " + $0.entrypoints.sorted().joined(separator: ", ") } ?? "base policy"
        let fill = domain == nil ? "#eeeeee" : "#dcebfa"
        return """
            <rect x="\(place.x)" y="\(place.y)" width="\(width)" height="\(height)" rx="8" fill="\(fill)" stroke="#333333"/>
            <text x="\(place.x + width / 2)" y="\(place.y + 24)" text-anchor="middle" font-weight="bold">\(name)</text>
            <text x="\(place.x + width / 2)" y="\(place.y + 43)" text-anchor="middle" font-size="12">\(note)</text>

            """
    }
}
