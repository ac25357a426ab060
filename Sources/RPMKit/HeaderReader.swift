import CRPM
public import SystemPackage

extension Package {
    /// Reads the header of the package file `path`. Signatures are not judged here: `PublicKeyring.verify` does that.
    ///
    /// - Throws: `RPMError` when the file is not a package or its header is damaged.
    public init(reading path: FilePath) throws {
        self = try Library.use {
            try withHeader(path) { header, _ in Package(header) }
        }
    }

    init(_ header: Header) {
        self.init(
            name: header.text(RPMTAG_NAME), version: header.text(RPMTAG_VERSION), release: header.text(RPMTAG_RELEASE),
            architecture: header.text(RPMTAG_ARCH), isSource: headerIsSource(header) != 0,
            tags: header.allTags(), files: header.files(), scriptlets: header.scriptlets())
    }
}

/// Opens `path`, reads its header without judging signatures, and hands both to `body`; the descriptor then stands at
/// the payload.
func withHeader<Result>(_ path: FilePath, _ body: (Header, FD_t) throws -> Result) throws -> Result {
    guard let file = Fopen(path.string, "r.ufdio"), Ferror(file) == 0 else {
        throw RPMError("\(path): cannot be opened")
    }
    defer { Fclose(file) }
    let transaction = rpmtsCreate()
    defer { rpmtsFree(transaction) }
    rpmtsSetVSFlags(transaction, everythingUnchecked)
    var header: Header?
    let (code, messages) = Library.collectingMessages {
        rpmReadPackageFile(transaction, file, path.string, &header)
    }
    guard code == RPMRC_OK || code == RPMRC_NOTTRUSTED || code == RPMRC_NOKEY, let header else {
        throw RPMError("\(path): not an RPM package, or a damaged one. \(messages.trimmed)".trimmed)
    }
    defer { headerFree(header) }
    return try body(header, file)
}

/// All digest and signature checks off: for reading what a header says before it is judged.
private let everythingUnchecked = rpmVSFlags(
    RPMVSF_NOHDRCHK.rawValue | RPMVSF_NOSHA1HEADER.rawValue | RPMVSF_NOSHA256HEADER.rawValue
        | RPMVSF_NODSAHEADER.rawValue | RPMVSF_NORSAHEADER.rawValue | RPMVSF_NOPAYLOAD.rawValue
        | RPMVSF_NOMD5.rawValue | RPMVSF_NODSA.rawValue | RPMVSF_NORSA.rawValue)

extension Header {
    /// A string tag, or "" where the header has none.
    func text(_ tag: rpmTag_e) -> String {
        headerGetString(self, rpmTagVal(tag.rawValue)).map { String(cString: $0) } ?? ""
    }

    /// Every tag in the header that has a text form, by lower-case name.
    fileprivate func allTags() -> [String: [String]] {
        var tags: [String: [String]] = [:]
        let iterator = headerInitIterator(self)
        defer { headerFreeIterator(iterator) }
        let data = rpmtdNew()
        defer { rpmtdFree(data) }
        while headerNext(iterator, data) != 0 {
            if let name = rpmTagGetName(rpmTag(data)) {
                tags[String(cString: name).lowercased()] = values(data)
            }
            rpmtdFreeData(data)
        }
        return tags
    }

    private func rpmTag(_ data: rpmtd?) -> rpmTagVal { rpmtdTag(data) }

    /// All values of a tag, computed ones (`RPMTAG_FILENAMES`) too.
    fileprivate func values(of tag: rpmTag_e) -> [String] {
        let data = rpmtdNew()
        defer { rpmtdFree(data) }
        guard headerGet(self, rpmTagVal(tag.rawValue), data, headerGetFlags(HEADERGET_EXT.rawValue)) != 0 else {
            return []
        }
        defer { rpmtdFreeData(data) }
        return values(data)
    }

    private func values(_ data: rpmtd?) -> [String] {
        var values: [String] = []
        while rpmtdNext(data) >= 0 {
            if let text = rpmtdGetString(data) {
                values.append(String(cString: text))
            } else if rpmtdClass(data) == RPM_NUMERIC_CLASS {
                values.append(String(rpmtdGetNumber(data)))
            } else if let text = rpmtdFormat(data, RPMTD_FORMAT_STRING, nil) {
                values.append(String(cString: text))
                free(text)
            }
        }
        return values
    }

    fileprivate func files() -> [PackagedFile] {
        let paths = values(of: RPMTAG_FILENAMES)
        let modes = values(of: RPMTAG_FILEMODES)
        let owners = values(of: RPMTAG_FILEUSERNAME)
        let groups = values(of: RPMTAG_FILEGROUPNAME)
        let longSizes = values(of: RPMTAG_LONGFILESIZES)
        let digests = values(of: RPMTAG_FILEDIGESTS)
        let links = values(of: RPMTAG_FILELINKTOS)
        let capabilities = values(of: RPMTAG_FILECAPS)
        let flags = values(of: RPMTAG_FILEFLAGS)
        return paths.indices.map { index in
            PackagedFile(
                path: paths[index], mode: modes.at(index).flatMap { UInt16($0) } ?? 0, owner: owners.at(index) ?? "",
                group: groups.at(index) ?? "", size: longSizes.at(index).flatMap { UInt64($0) } ?? 0,
                digest: digests.at(index) ?? "", linkTarget: links.at(index) ?? "",
                capabilities: capabilities.at(index) ?? "",
                isGhost: flags.at(index).flatMap { UInt32($0) }.map { $0 & RPMFILE_GHOST.rawValue != 0 } ?? false)
        }
    }

    fileprivate func scriptlets() -> [String: String] {
        let sections: [(String, rpmTag_e)] = [
            ("pre", RPMTAG_PREIN), ("post", RPMTAG_POSTIN), ("preun", RPMTAG_PREUN), ("postun", RPMTAG_POSTUN),
            ("pretrans", RPMTAG_PRETRANS), ("posttrans", RPMTAG_POSTTRANS), ("verifyscript", RPMTAG_VERIFYSCRIPT),
            ("triggerscripts", RPMTAG_TRIGGERSCRIPTS), ("filetriggerscripts", RPMTAG_FILETRIGGERSCRIPTS),
            ("transfiletriggerscripts", RPMTAG_TRANSFILETRIGGERSCRIPTS),
        ]
        var scriptlets: [String: String] = [:]
        for (section, tag) in sections {
            let text = values(of: tag).joined(separator: "\n")
            if !text.isEmpty { scriptlets[section] = text }
        }
        return scriptlets
    }
}

extension Array {
    /// The element at `index`, or nil past the end: header arrays of one package should be equally long, and a damaged
    /// header must not end the program.
    fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
