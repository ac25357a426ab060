import Foundation
import FoundationXML

/// An XML element with its attributes, text and children. Enough for repository metadata, and for nothing hostile:
/// a document with a DOCTYPE, and so with entities of its own, is refused before it is parsed.
struct MetadataElement: Equatable, Sendable {
    let name: String
    let attributes: [String: String]
    var text = ""
    var children: [MetadataElement] = []

    /// Reads a document whose root is `root`, or returns nil.
    static func parse(_ bytes: [UInt8], root: String) -> MetadataElement? {
        // UTF-8 for certain, so that the search below sees what the parser sees.
        let head = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
        guard bytes.starts(with: head), !bytes.contains(Array("<!".utf8)) else { return nil }
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        let builder = Builder()
        parser.delegate = builder
        guard parser.parse(), let element = builder.root, element.name == root else { return nil }
        return element
    }

    /// The first child called `name`.
    subscript(name: String) -> MetadataElement? { children.first { $0.name == name } }

    /// The text of the first child called `name`, when there is exactly one of them.
    func onlyText(_ name: String) -> String? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found[0].text : nil
    }

    /// Metadata is six levels deep; a document that nests further is not metadata.
    private static let depthLimit = 16

    private final class Builder: NSObject, XMLParserDelegate {
        var root: MetadataElement?
        private var open: [MetadataElement] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            guard open.count < depthLimit else { return parser.abortParsing() }
            open.append(MetadataElement(name: name, attributes: attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if !open.isEmpty { open[open.count - 1].text += text }
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            guard let element = open.popLast() else { return }
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
    }
}
