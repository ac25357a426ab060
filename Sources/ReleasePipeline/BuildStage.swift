import Foundation
import RPMKit
import ReleaseSupport
import SystemPackage

/// Makes the unsigned packages of components, several at once, and never the same ones twice.
public struct BuildStage: Sendable {
    let tree: SourceTree
    let target: Target
    let sandbox: Sandbox
    let toolchain: Toolchain
    let progress: ProgressReporter
    /// The ASCII-armored public key for components that package it, or nil where none of those is built.
    let publicKey: [UInt8]?
    /// Macros set over all files: compression for tests, `_with_…` for build conditions.
    let macros: [String: String]

    /// Prepares a build of `tree` for `target`.
    public init(
        tree: SourceTree, target: Target, progress: ProgressReporter, publicKey: [UInt8]?,
        macros: [String: String] = [:]
    ) async throws {
        self.tree = tree
        self.target = target
        self.progress = progress
        self.publicKey = publicKey
        self.macros = macros
        async let sandbox = Sandbox.detect()
        async let toolchain = Toolchain.detect()
        self.sandbox = try await sandbox
        self.toolchain = try await toolchain
        if let warning = self.sandbox.warning { await progress.say(warning) }
    }

    /// What the sandbox gives on this machine.
    public var sandboxLevel: Sandbox.Level { sandbox.level }

    /// Builds `components`, as many at once as there are cores. The first failure ends the others.
    public func build(_ components: [Component]) async throws -> [BuiltPackages] {
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return try await withThrowingTaskGroup(of: BuiltPackages.self) { group in
            var waiting = components[...]
            var built: [BuiltPackages] = []
            for component in waiting.prefix(cores) { group.addTask { try await build(component) } }
            waiting = waiting.dropFirst(cores)
            while let packages = try await group.next() {
                built.append(packages)
                if let next = waiting.popFirst() { group.addTask { try await build(next) } }
            }
            return built.sorted { $0.component.name < $1.component.name }
        }
    }

    /// Builds one component, or takes it from the cache.
    func build(_ component: Component) async throws -> BuiltPackages {
        await progress.start(component.name, .source)
        var stage = Stage.source
        do {
            let archive = SourceArchive(tree: tree, component: component)
            let entries = try await archive.entries()
            let epoch = try await tree.epoch(of: component.inputs(target))
            let key = try key(of: component, entries, epoch: epoch)
            let cached = tree.cache.appending(component.name).appending(String(key.digest.prefix(32)))
            if let packages = try collect(component, in: cached, epoch: epoch, reused: true) {
                await progress.finish(component.name, note: "unchanged")
                return packages
            }
            let log = try newLog(component)
            let workplace = try sandbox.workplace(for: component.name, in: tree)
            defer { withExtendedLifetime(workplace) {} }
            let work = workplace.folder
            let description = try await describe(component)
            try await layOut(component, archive, entries, description, in: work, epoch: epoch)
            try await run(component, in: workplace, epoch: epoch, log: log)
            stage = .package
            try store(work, description, component, at: cached)
            guard let packages = try collect(component, in: cached, epoch: epoch, reused: false) else {
                throw ReleaseError(.package, "\(component.name): the packages are not where they were put", log: log)
            }
            await progress.finish(component.name, note: "\(packages.all.count) packages")
            return packages
        } catch let error where !(error is CancellationError) {
            let failure = error as? ReleaseError ?? ReleaseError(stage, "\(error)")
            await progress.fail(component.name, failure)
            throw failure.of(component.name)
        }
    }

    // MARK: - Before

    private func key(
        of component: Component, _ entries: [(name: String, file: FilePath)], epoch: Int
    ) throws -> BuildKey {
        let own = ["specs/\(component.name).spec", "rpmbuild/macros/\(Hardening.file)"].map { tree.root.appending($0) }
        let files = try (entries.map(\.file) + own + target.macroFiles(in: tree)).map { file in
            (
                path: file.string.withoutPrefix(tree.root.string), executable: access(file.string, X_OK) == 0,
                digest: try SHA256.of(file: file)
            )
        }
        return BuildKey(
            files: files,
            BuildKey.Circumstances(
                target: target.name, epoch: epoch, toolchain: toolchain.description,
                place: sandbox.place(of: component.name), macros: macros,
                extraSources: component.declaration.publicKey ? [publicKeyName: SHA256.of(try requiredKey())] : [:]))
    }

    private func requiredKey() throws -> [UInt8] {
        guard let publicKey else {
            throw ReleaseError(.source, "a component packages the public key, and there is none", hint: "give --key")
        }
        return publicKey
    }

    private func describe(_ component: Component) async throws -> SpecDescription {
        let request = BuildRequest(
            spec: component.spec.string, top: tree.work.string, macroFiles: target.macroFiles(in: tree).map(\.string),
            macros: macros.merging(["_sourcedir": tree.macros.string], uniquingKeysWith: { $1 }))
        let said = try await alone(RPMTask.describe(request).command(), at: tree.work.string, epoch: 0).output(
            .source, hint: "see whether `rpmspec -P specs/\(component.name).spec` says more")
        return try JSONDecoder().decode(SpecDescription.self, from: Data(said.utf8))
    }

    private func layOut(
        _ component: Component, _ archive: SourceArchive, _ entries: [(name: String, file: FilePath)],
        _ description: SpecDescription, in work: FilePath, epoch: Int
    ) async throws {
        for folder in ["SPECS", "SOURCES", "BUILD", "BUILDROOT", "RPMS", "SRPMS", "home", "tmp", "macros"] {
            try Files.makeFolder(work.appending(folder))
        }
        let sources = work.appending("SOURCES")
        let top = "\(description.name)-\(description.version)"
        try await archive.write(
            entries, to: sources.appending("\(top).tar.gz"), top: top, epoch: epoch, work: work)
        try Files.copy(tree.macros.appending(Hardening.file), to: sources.appending(Hardening.file))
        if component.declaration.publicKey { try Files.write(try requiredKey(), to: sources.appending(publicKeyName)) }
        try Files.copy(component.spec, to: work.appending("SPECS/\(component.name).spec"))
        for file in target.macroFiles(in: tree) {
            try Files.copy(file, to: work.appending("macros").appending(file.lastComponent?.string ?? ""))
        }
        // The times of the source files end up in the source package.
        for folder in ["SPECS", "SOURCES"] {
            for name in try Files.names(in: work.appending(folder)) {
                try Files.setTime(work.appending(folder).appending(name), epoch)
            }
        }
    }

    // MARK: - The build itself

    private func run(_ component: Component, in work: Workplace, epoch: Int, log: FilePath) async throws {
        let place = work.place
        let request = BuildRequest(
            spec: "\(place)/SPECS/\(component.name).spec", top: place,
            macroFiles: target.macroFiles(in: tree).map { "\(place)/macros/\($0.lastComponent?.string ?? "")" },
            macros: macros.merging(
                ["_tmppath": "\(place)/tmp", "_dbpath": "\(place)/rpmdb"], uniquingKeysWith: { $1 }))
        let task = RPMTask.build(request, work: work.folder.string, isolated: sandbox.level != .none)
        let command = alone(try task.command(in: sandbox), at: place, epoch: epoch)
        await progress.start(component.name, .compile)
        let record = LogFile(log)
        let outcome = try await command.run(.compile, errorsTo: log) { line in
            await record.append(line)
            // rpm says so when it begins to package, after %check.
            if line.hasPrefix("Processing files:") { await progress.start(component.name, .package) }
        }
        guard outcome.succeeded else {
            let packaging = (try? Files.text(log))?.contains("Processing files:") ?? false
            throw ReleaseError(
                packaging ? .package : .compile, "the build ended with \(outcome.ending)",
                hint: Files.fullDiskHint(work.folder)
                    ?? "mend what the last lines of the log name, then run the same command again", log: log)
        }
    }

    /// Everything a build may know of the machine: where programs are.
    private func alone(_ command: Command, at place: String, epoch: Int) -> Command {
        command.with {
            $0.inheritsEnvironment = false
            $0.environment = [
                "PATH": ProcessInfo.processInfo.environment["PATH"], "HOME": "\(place)/home", "TMPDIR": "\(place)/tmp",
                "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "USER": "root", "LOGNAME": "root",
                "SOURCE_DATE_EPOCH": String(epoch),
                // A compiler that is ended would start another program to tell of it, which outlives the build.
                "SWIFT_BACKTRACE": "enable=no",
            ]
        }
    }

    // MARK: - After

    private func store(
        _ work: FilePath, _ description: SpecDescription, _ component: Component, at cached: FilePath
    ) throws {
        let made = try Files.files(below: work.appending("RPMS")).filter { $0.hasSuffix(".rpm") }
        for path in made where !description.packages.contains(path) {
            throw ReleaseError(.package, "\(component.name): \(path) was built and its spec does not name it")
        }
        let binaries = made.map { work.appending("RPMS").appending($0) }
        let source = work.appending("SRPMS").appending(description.sourcePackage)
        guard !binaries.isEmpty, Files.exists(source) else {
            throw ReleaseError(
                .package, "\(component.name): the build made no binary or no source package",
                hint: "does the spec have a %files section and ExclusiveArch for this machine?")
        }
        // Under its final name only when complete: a folder in the cache is a finished build.
        let temporary = Files.temporaryName(beside: cached)
        try Files.makeFolder(temporary)
        do {
            for file in binaries + [source] {
                try Files.copy(file, to: temporary.appending(file.lastComponent?.string ?? ""))
            }
            try Files.move(temporary, to: cached)
        } catch {
            try? Files.remove(temporary)
            throw error
        }
        try prune(cached)
    }

    /// Keeps the newest builds of a component and removes older ones.
    private func prune(_ newest: FilePath) throws {
        let folder = newest.removingLastComponent()
        let builds = try Files.names(in: folder).filter { $0 != newest.lastComponent?.string }
            .map { (folder.appending($0), try Files.modified(folder.appending($0))) }
            .sorted { $0.1 > $1.1 }
        // Two targets with two conditions each, and a step back.
        for (build, _) in builds.dropFirst(7) { try Files.remove(build) }
    }

    private func collect(
        _ component: Component, in folder: FilePath, epoch: Int, reused: Bool
    ) throws -> BuiltPackages? {
        guard Files.exists(folder) else { return nil }
        let files = try Files.names(in: folder).filter { $0.hasSuffix(".rpm") }
        guard let source = files.first(where: { $0.hasSuffix(".src.rpm") }) else { return nil }
        let binaries = files.filter { $0 != source }.map { folder.appending($0) }
        return BuiltPackages(
            component: component, binaries: binaries, source: folder.appending(source), epoch: epoch, reused: reused)
    }

    private func newLog(_ component: Component) throws -> FilePath {
        let folder = tree.logs.appending(target.name)
        try Files.makeFolder(folder)
        let log = folder.appending("\(component.name).log")
        try Files.write("", to: log)
        return log
    }
}

/// The name under which the public key is packaged and published.
let publicKeyName = "RPM-GPG-KEY-untochat"

/// Lines appended to a file in the order of arrival.
private actor LogFile {
    private let path: FilePath

    init(_ path: FilePath) { self.path = path }

    func append(_ line: String) {
        guard let file = try? FileDescriptor.open(path, .writeOnly, options: [.append]) else { return }
        _ = try? file.closeAfter { try file.writeAll((line + "\n").utf8) }
    }
}
