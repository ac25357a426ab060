import RPMKit

/// The rules for what a package's header says. Pure. Each returns reasons; none means that all is well.
///
/// Source for the tags: rpm 4.18, rpmtag.h and build/pack.c.
enum HeaderRules {
    /// What BUILDHOST must say.
    static let buildHost = "untochat"
    /// What VENDOR must say, and PACKAGER may.
    static let vendor = "Untochat"

    static func header(_ package: Package, buildTime: Int?) -> [String] {
        var wrong: [String] = []
        func expect(_ tag: String, _ wanted: String, orAbsent: Bool = false) {
            let value = package.tag(tag)
            if value == nil && orAbsent || value == wanted { return }
            wrong.append(
                "\(tag.uppercased()) is \(value.map { "'\($0)'" } ?? "absent"), not '\(wanted)'"
                    + (orAbsent ? " or absent" : ""))
        }
        expect("buildhost", buildHost)
        expect("vendor", vendor)
        expect("packager", vendor, orAbsent: true)
        expect("distribution", vendor, orAbsent: true)
        if let buildTime {
            expect("buildtime", String(buildTime))
        } else if package.tag("buildtime").flatMap({ Int($0) }) == nil {
            wrong.append("BUILDTIME is absent")
        }
        // 8 is SHA-256 in OpenPGP's numbering (RFC 9580, section 9.5). Without files there is no digest to name.
        if package.files.contains(where: \.isRegular) { expect("filedigestalgo", "8") }
        expect("payloadcompressor", "zstd")
        if let url = package.tag("disturl") { wrong.append("DISTURL is '\(url)', not absent") }
        return wrong + cookie(package) + changelog(package) + fileTimes(package, buildTime)
    }

    /// rpmbuild writes "HOST TIME" into COOKIE.
    private static func cookie(_ package: Package) -> [String] {
        guard let cookie = package.tag("cookie"), cookie.split(separator: " ").first.map(String.init) != buildHost
        else {
            return []
        }
        return ["COOKIE is '\(cookie)', which names the build host"]
    }

    private static func changelog(_ package: Package) -> [String] {
        (package.tags["changelogname"] ?? []).filter { !$0.hasPrefix(vendor) }.map {
            "the changelog names '\($0)', not '\(vendor)'"
        }
    }

    private static func fileTimes(_ package: Package, _ buildTime: Int?) -> [String] {
        guard let buildTime else { return [] }
        let newest = (package.tags["filemtimes"] ?? []).compactMap { Int($0) }.max() ?? 0
        return newest > buildTime ? ["a file's time (\(newest)) is later than BUILDTIME (\(buildTime))"] : []
    }

    /// Every text in the header: tags, scriptlets, names and link targets.
    static func texts(_ package: Package) -> [(place: String, text: String)] {
        var found = [
            ("NAME", package.name), ("VERSION", package.version), ("RELEASE", package.release),
            ("ARCH", package.architecture),
        ]
        for (tag, values) in package.tags.sorted(by: { $0.key < $1.key }) {
            found += values.map { (tag.uppercased(), $0) }
        }
        found += package.scriptlets.sorted { $0.key < $1.key }.map { ("the scriptlet %\($0.key)", $0.value) }
        for file in package.files {
            found.append(("the name of a file", file.path))
            if !file.linkTarget.isEmpty { found.append(("the target of the link \(file.path)", file.linkTarget)) }
        }
        return found.map { (place: $0.0, text: $0.1) }
    }

    /// Macros that stand where rpm should have put their meaning.
    static func unexpandedMacros(_ package: Package) -> [String] {
        // SPEC holds the whole spec with its %files and %post.
        texts(package).filter { $0.place != "SPEC" }.compactMap { place, text in
            MacroRule.firstMacro(in: text).map { "\(place) holds the unexpanded macro \($0)" }
        }
    }

    /// Traces of the build machine.
    static func leaks(_ package: Package, _ policy: AuditPolicy) -> [String] {
        texts(package).compactMap { place, text in
            let verdict = LeakRules.elf([UInt8](text.utf8), policy)
            return verdict.answer == .no ? "\(place): \(verdict.detail ?? "")" : nil
        }
    }
}

/// Finds macros that rpm left as they stood: an undefined macro is no error to rpmbuild.
public enum MacroRule {
    /// `%{name…}`, `%(command)`, `%[expression]`, or `%name` with a name of at least 3 characters, which is what rpm
    /// takes for a macro (rpm 4.18, rpmio/macro.c). `%Y-%m-%d`, `100%`, `%s` and the shell's `${name%suffix}` are none.
    public static func firstMacro(in text: String) -> String? {
        let bytes = [UInt8](text.utf8)
        var index = 0
        while let percent = bytes[index...].firstIndex(of: UInt8(ascii: "%")) {
            index = percent + 1
            guard index < bytes.count else { return nil }
            if bytes[index] == UInt8(ascii: "%") {
                index += 1
                continue
            }
            guard !isInShellExpansion(percent, bytes), let end = macroEnd(after: percent, bytes) else { continue }
            return String(decoding: bytes[percent..<end], as: UTF8.self)
        }
        return nil
    }

    private static func macroEnd(after percent: Int, _ bytes: [UInt8]) -> Int? {
        let pairs: [UInt8: UInt8] = [
            UInt8(ascii: "{"): UInt8(ascii: "}"), UInt8(ascii: "("): UInt8(ascii: ")"),
            UInt8(ascii: "["): UInt8(ascii: "]"),
        ]
        let first = bytes[percent + 1]
        if let close = pairs[first] {
            return bytes[percent...].firstIndex(of: close).map { $0 + 1 } ?? bytes.count
        }
        // %?name and %!?name are conditional.
        let start = bytes[(percent + 1)...].firstIndex { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "!") }
        guard let start, ByteSearch.isWordByte(bytes[start]), !isDigit(bytes[start]) else { return nil }
        let end = bytes[start...].firstIndex { !ByteSearch.isWordByte($0) } ?? bytes.count
        return end - start >= 3 ? end : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Whether the percent sign belongs to `${name%pattern}`.
    private static func isInShellExpansion(_ percent: Int, _ bytes: [UInt8]) -> Bool {
        var start = percent
        while start > 0, ByteSearch.isWordByte(bytes[start - 1]) { start -= 1 }
        return start < percent && start > 1 && bytes[start - 1] == UInt8(ascii: "{")
            && bytes[start - 2] == UInt8(ascii: "$")
    }
}
