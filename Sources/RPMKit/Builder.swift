import CRPM

/// What librpm needs to know for one build. Sent to the child process that carries it out.
public struct BuildRequest: Codable, Sendable, Equatable {
    /// The spec file.
    public let spec: String
    /// The folder that becomes `%_topdir`.
    public let top: String
    /// Macro files, loaded in this order over the machine's own.
    public let macroFiles: [String]
    /// Macros set as by `--define`, over all files.
    public let macros: [String: String]

    /// Makes a request.
    public init(spec: String, top: String, macroFiles: [String], macros: [String: String]) {
        self.spec = spec
        self.top = top
        self.macroFiles = macroFiles
        self.macros = macros
    }
}

/// What a spec says before anything is built.
public struct SpecDescription: Codable, Sendable, Equatable {
    public let name: String
    public let version: String
    public let release: String
    /// The file names of all sources, then of all patches, in the order of their numbers.
    public let sources: [String]
    /// Where each binary package will be written below `%_rpmdir`: `x86_64/untosh-1.0-1.fc45.x86_64.rpm`. A subpackage
    /// without files is named here too and never written.
    public let packages: [String]
    /// Where the source package will be written below `%_srcrpmdir`.
    public var sourcePackage: String { "\(name)-\(version)-\(release).src.rpm" }
}

/// Drives librpm through one spec. It leaves the process unfit for anything else: macros of one spec leak into the next,
/// and the umask and signal handling change. One child process a build.
public struct Builder {
    private let request: BuildRequest

    /// Sets librpm up as `request` says.
    public init(_ request: BuildRequest) throws {
        self.request = request
        try Library.use {
            for file in request.macroFiles where rpmLoadMacroFile(nil, file) != 0 {
                throw RPMError("\(file): cannot be read as a macro file")
            }
            for (name, value) in request.macros.merging(["_topdir": request.top], uniquingKeysWith: { $1 }) {
                rpmPushMacro(nil, name, nil, value, RMIL_CMDLINE)
            }
        }
    }

    /// Parses the spec and returns the text of its scripts, scriptlets and headers after macro expansion, each with a
    /// name: what a search for left-over macros reads.
    public func expandedTexts() throws -> [(name: String, text: String)] {
        try withSpec { spec in
            var texts: [(String, String)] = []
            for (name, section) in [
                ("%prep", RPMBUILD_PREP), ("%build", RPMBUILD_BUILD), ("%install", RPMBUILD_INSTALL),
                ("%check", RPMBUILD_CHECK),
            ] {
                if let text = rpmSpecGetSection(spec, Int32(section.rawValue)) {
                    texts.append((name, String(cString: text)))
                }
            }
            for header in packageHeaders(spec) {
                let package = Package(header)
                texts += package.scriptlets.map { ("%\($0.key) of \(package.name)", $0.value) }
                texts += package.tags.map { ("\($0.key) of \(package.name)", $0.value.joined(separator: "\n")) }
            }
            return texts
        }
    }

    /// Parses the spec without its sources being there and returns what it says.
    public func describe() throws -> SpecDescription {
        try withSpec(rpmSpecFlags(RPMSPEC_FORCE.rawValue)) { spec in
            let headers = packageHeaders(spec)
            guard let first = headers.first else { throw RPMError("\(request.spec): names no package") }
            let main = Package(first)
            // librpm hands them out in an order of its own.
            var sources: [(isPatch: UInt32, number: Int, name: String)] = []
            let iterator = rpmSpecSrcIterInit(spec)
            defer { rpmSpecSrcIterFree(iterator) }
            while let source = rpmSpecSrcIterNext(iterator) {
                guard let name = rpmSpecSrcFilename(source, 0) else { continue }
                let isPatch = rpmSpecSrcFlags(source) & rpmSourceFlags(RPMBUILD_ISPATCH.rawValue)
                sources.append((isPatch, Int(rpmSpecSrcNum(source)), String(cString: name)))
            }
            return SpecDescription(
                name: main.name, version: main.version, release: main.release,
                sources: sources.sorted { ($0.isPatch, $0.number) < ($1.isPatch, $1.number) }.map(\.name),
                packages: headers.map { Package($0) }.map {
                    // Not fileName: until it is built, a binary package's header does not say that it is none of source.
                    "\($0.architecture)/\($0.name)-\($0.version)-\($0.release).\($0.architecture).rpm"
                })
        }
    }

    /// Parses the spec and carries out all its stages: the source package and every binary package are written below
    /// `top`.
    ///
    /// - Throws: `RPMError`; the build's own output is on standard output and error.
    public func build() throws {
        try withSpec { spec in
            // Without this librpm sends the scripts' output to /dev/null.
            rpmlogSetMask((1 << (RPMLOG_INFO.rawValue + 1)) - 1)
            let transaction = rpmtsCreate()
            defer { rpmtsFree(transaction) }
            let everything =
                RPMBUILD_PREP.rawValue | RPMBUILD_BUILD.rawValue | RPMBUILD_INSTALL.rawValue | RPMBUILD_CHECK.rawValue
                | RPMBUILD_PACKAGESOURCE.rawValue | RPMBUILD_PACKAGEBINARY.rawValue | RPMBUILD_CLEAN.rawValue
                | RPMBUILD_RMBUILD.rawValue
            var arguments = rpmBuildArguments_s()
            arguments.buildAmount = rpmBuildFlags(everything)
            guard rpmSpecBuild(transaction, spec, &arguments) == 0 else {
                throw RPMError("\(request.spec): the build failed")
            }
        }
    }

    private func withSpec<Result>(
        _ flags: rpmSpecFlags = rpmSpecFlags(RPMSPEC_NONE.rawValue), _ body: (rpmSpec) throws -> Result
    ) throws -> Result {
        try Library.use {
            guard let spec = rpmSpecParse(request.spec, flags, nil) else {
                throw RPMError("\(request.spec): the spec cannot be parsed")
            }
            defer { rpmSpecFree(spec) }
            return try body(spec)
        }
    }

    private func packageHeaders(_ spec: rpmSpec) -> [Header] {
        var headers: [Header] = []
        let iterator = rpmSpecPkgIterInit(spec)
        defer { rpmSpecPkgIterFree(iterator) }
        while let package = rpmSpecPkgIterNext(iterator) {
            if let header = rpmSpecPkgHeader(package) { headers.append(header) }
        }
        return headers
    }
}
