import Foundation
import ReleaseSupport
import Synchronization
public import SystemPackage

/// The folders of the layers that a guest is made of.
struct GuestLayers: Sendable {
    let base: FilePath
    let release: FilePath
    /// The file with the snapshot; nil where none is needed.
    var snapshot: FilePath?
    /// While they are held no other run removes the layers.
    var locks: [TreeLock]
}

/// The third layer: the release's disk, and the memory of a machine that has booted from it.
enum SnapshotLayer {
    /// What QEMU calls it.
    static let tag = "ready"

    static func key(release: LayerKey, settings: MachineSettings) -> LayerKey {
        LayerKey(
            "snapshot", parts: ["disk.qcow2"], inputs: [release.digest, settings.version] + settings.machine)
    }
}

/// Where guests are made: finds or builds what they start from, and takes away what they leave.
public final class Laboratory: Sendable {
    private let cache: LayerCache
    let repository: FilePath
    private let progress: ProgressReporter
    private let evidence: FilePath?
    private let guests = Mutex<[Guest]>([])
    private let policies = Mutex<[TreeLock]>([])
    private let run: FilePath
    private let runLock: TreeLock
    private let building = LayersOnce()

    /// Opens the laboratory for the release in `repository`, which must be published.
    ///
    /// - Parameters:
    ///   - cache: where layers are kept; by default below XDG_CACHE_HOME.
    ///   - evidence: a folder for what is known of a guest in which something went wrong.
    public init(
        repository: FilePath, cache: FilePath? = nil, evidence: FilePath? = nil, progress: ProgressReporter
    ) async throws {
        guard geteuid() == 0 else {
            throw ReleaseError(.setup, "the lab mounts disks, as root alone can", hint: "use make lab, which asks sudo")
        }
        self.repository = repository
        self.progress = progress
        self.evidence = evidence
        self.cache = try LayerCache(folder: cache ?? LayerCache.standardFolder())
        (run, runLock) = try Self.makeRunFolder(in: self.cache.folder.appending("run"))
    }

    /// A folder for this run's guests. Those of runs that were killed are removed: nobody holds their lock.
    private static func makeRunFolder(in parent: FilePath) throws -> (FilePath, TreeLock) {
        try Files.makeFolder(parent)
        for name in try Files.names(in: parent) where name.hasSuffix(".lock") {
            guard let stale = try TreeLock.acquire(parent.appending(name)) else { continue }
            defer { withExtendedLifetime(stale) {} }
            try Files.remove(parent.appending(String(name.dropLast(5))))
            try Files.remove(parent.appending(name))
        }
        let name = String(UInt32.random(in: 0 ... .max), radix: 36)
        guard let lock = try TreeLock.acquire(parent.appending("\(name).lock")) else {
            throw ReleaseError(.setup, "\(parent)/\(name) is taken")
        }
        try Files.makeFolder(parent.appending(name))
        return (parent.appending(name), lock)
    }

    /// Finds or builds the layers and starts a guest.
    public func guest(_ kind: GuestKind) async throws -> Guest { try await guest(kind, display: nil) }

    /// - Parameter display: for VNC: 0 for port 5900 of 127.0.0.1.
    public func guest(_ kind: GuestKind, display: Int?) async throws -> Guest {
        let settings = try await building.settings(self)
        let layers =
            kind == .bare
            ? try await building.bareLayers(self) : try await building.layers(self, withSnapshot: kind == .snapshot)
        return try await guest(kind, layers, settings, display: display)
    }

    /// A machine with the disk `system`, switched off.
    public func guest(of system: InstalledSystem) async throws -> Guest {
        var settings = try await building.settings(self)
        settings.root = system.root
        return try await guest(
            .coldBoot, try await building.layers(self, withSnapshot: false), settings, system: system)
    }

    private func guest(
        _ kind: GuestKind, _ layers: GuestLayers, _ settings: MachineSettings, display: Int? = nil,
        system: InstalledSystem? = nil
    ) async throws -> Guest {
        let folder = run.appending(String(UInt16.random(in: 0 ... .max), radix: 36))
        try Files.makeFolder(folder)
        var settings = settings
        settings.hasTwoDisks = kind == .twoDisks
        let guest = Guest(
            kind, layers: layers, settings: settings, folder: folder, port: try Loopback.freePort(), display: display,
            system: system)
        guests.withLock { $0.append(guest) }
        do { try await guest.start() } catch {
            try await fail(guest, error)
        }
        return guest
    }

    /// Removes a guest in which `error` happened, and says in it where the guest's logs are.
    private func fail(_ guest: Guest, _ error: any Error) async throws -> Never {
        guard let evidence, let name = guest.folder.lastComponent, !Task.isCancelled else {
            await remove(guest)
            throw error
        }
        let place = evidence.appending("guest-\(name.string)")
        await guest.collectEvidence(into: place)
        await remove(guest)
        guard let known = error as? ReleaseError else { throw error }
        throw ReleaseError(known.stage, known.what, hint: known.hint, log: place)
    }

    /// Switches a guest off and removes its disk.
    public func remove(_ guest: Guest) async {
        await guest.end()
        guests.withLock { $0.removeAll { $0 === guest } }
        try? Files.remove(guest.folder)
    }

    /// Starts a guest for the length of `body`.
    public func withGuest<Value>(_ kind: GuestKind, _ body: (Guest) async throws -> Value) async throws -> Value {
        let guest = try await guest(kind)
        do {
            let value = try await body(guest)
            await remove(guest)
            return value
        } catch {
            try await fail(guest, error)
        }
    }

    /// Builds the layers that are not there, and nothing else.
    public func buildLayers() async throws {
        _ = try await building.layers(self, withSnapshot: true)
    }

    /// One layer in the cache.
    public struct Layer: Sendable, Codable {
        /// Its kind and a digest of what it was made from.
        public let name: String
        /// On disk.
        public let bytes: Int64
        /// When it was used last, in seconds since 1970.
        public let used: Int

        /// For people.
        public var line: String { "\(name)  \(bytes >> 20) MiB" }
    }

    /// The layers that are there.
    public static func layers() async throws -> [Layer] {
        try await LayerCache(folder: LayerCache.standardFolder()).entries().map {
            Layer(name: $0.name, bytes: $0.bytes, used: $0.used)
        }
    }

    /// Removes the layers that no run uses.
    public static func removeLayers() async throws {
        let cache = try LayerCache(folder: LayerCache.standardFolder())
        let lock = try await cache.buildLock()
        defer { withExtendedLifetime(lock) {} }
        try await cache.removeUnused(limit: 0)
    }

    /// A VNC display whose port nobody uses now.
    public static func freeDisplay() throws -> Int {
        guard let display = (0..<100).first(where: { Loopback.isFree(5900 + $0) }) else {
            throw ReleaseError(.setup, "ports 5900 to 5999 of 127.0.0.1 are all in use")
        }
        return display
    }

    /// Gives `body` the root of a server with the release installed, as a folder. What is changed in it is gone
    /// afterwards.
    public func withRoot<Value>(_ body: (GuestRoot) async throws -> Value) async throws -> Value {
        let layers = try await building.layers(self, withSnapshot: false)
        let work = run.appending("root-\(UInt16.random(in: 0 ... .max))")
        defer { try? Files.remove(work) }
        return try await GuestRoot.with(
            [layers.release.appending("changes"), layers.base.appending("root")], work: work, body)
    }

    /// A folder for the files of one trial, which goes away with this run at the latest.
    public func folder(_ name: String) throws -> FilePath {
        let folder = run.appending("files-\(name)")
        try Files.makeFolder(folder)
        return folder
    }

    /// Writes what is installed before our packages are, as a tar archive: the base root with what the lab needs to get in,
    /// and what stands in for Fedora.
    public func bareSystem(to archive: FilePath) async throws {
        let (image, layers) = try await building.image(self)
        let work = run.appending("bare-\(UInt16.random(in: 0 ... .max))")
        defer { try? Files.remove(work) }
        try await GuestRoot.with([layers.base.appending("root")], work: work) { root in
            try await image.prepareBare(root, keys: layers.release, work: work)
            try await Command(
                "tar",
                [
                    "--create", "--file", archive.string, "--one-file-system", "--xattrs",
                    "--xattrs-include=security.capability", "--directory", root.folder.string, ".",
                ]
            ).output(.setup)
        }
    }

    /// The release's packages of one name.
    func packages(named name: String) throws -> [FilePath] {
        let packages = repository.appending("x86_64")
        return try Files.names(in: packages).filter { $0.hasPrefix("\(name)-1") || $0.hasPrefix("\(name)-0") }.map {
            packages.appending($0)
        }
    }

    /// Puts the release's packages of one name into a root, and says where they are in it.
    func copyPackages(to root: GuestRoot, named name: String) throws -> [String] {
        try packages(named: name).map { package in
            let file = package.lastComponent?.string ?? ""
            try Files.copy(package, to: root.path("/root").appending(file))
            return "/root/\(file)"
        }
    }

    /// The release's policy with `change` made to it, for `Guest.load`. It is kept like the other layers.
    public func policy(_ change: PolicyChange) async throws -> FilePath {
        let release = try await building.releaseDigest(self)
        let key = LayerKey("policy", parts: [], inputs: [release, change.statements] + change.without)
        let (folder, lock) = try await cache.layer(key) { folder in
            try await withRoot { try await change.link(in: $0, to: folder) }
        }
        policies.withLock { $0.append(lock) }
        return folder
    }

    /// Ends everything: guests, and the folder that they were in.
    public func close() async {
        for guest in guests.withLock({ $0 }) { await remove(guest) }
        try? Files.remove(run)
        try? Files.remove(FilePath(run.string + ".lock"))
    }

    /// Tells people what was measured.
    func say(_ text: String) async { await progress.say(text) }

    // MARK: - Layers

    fileprivate func makeSettings(kernel: FilePath) async throws -> MachineSettings {
        try await MachineSettings.detect(kernel: kernel, cache: cache)
    }

    fileprivate func base() async throws -> (FilePath, TreeLock) {
        try await reporting("base root") { try await cache.layer(BaseRoot.key, make: BaseRoot.make) }
    }

    fileprivate func release(
        on base: FilePath, isBare: Bool = false
    ) async throws -> (ReleaseImage, FilePath, TreeLock) {
        let image = ReleaseImage(
            repository: repository, base: base, baseDigest: BaseRoot.key.digest, isBare: isBare)
        let (folder, lock) = try await reporting(isBare ? "bare image" : "release image") {
            try await cache.layer(try image.key(), make: image.make)
        }
        return (image, folder, lock)
    }

    fileprivate func snapshot(
        _ layers: GuestLayers, _ image: ReleaseImage, _ settings: MachineSettings
    ) async throws -> (FilePath, TreeLock) {
        let key = SnapshotLayer.key(release: try image.key(), settings: settings)
        return try await reporting("snapshot") {
            try await cache.layer(key) { folder in
                let guest = try await guest(.coldBoot, layers, settings)
                do {
                    // What was started at boot comes to rest.
                    _ = try await guest.ssh("root", "systemctl is-system-running --wait")
                    try await guest.root("sync; echo 3 >/proc/sys/vm/drop_caches")
                    try await guest.save(as: SnapshotLayer.tag)
                    await guest.powerCut()
                    try Files.move(guest.folder.appending("disk.qcow2"), to: folder.appending("disk.qcow2"))
                } catch {
                    await remove(guest)
                    throw error
                }
                await remove(guest)
            }
        }
    }

    private func reporting<Value: Sendable>(_ name: String, _ body: () async throws -> Value) async throws -> Value {
        await progress.start(name, .setup)
        do {
            let value = try await body()
            await progress.finish(name)
            return value
        } catch let error as ReleaseError {
            await progress.fail(name, error)
            throw error.of(name)
        }
    }
}

/// Sees to it that the layers are looked for once, whoever asks first.
private actor LayersOnce {
    private var basis: Task<(ReleaseImage, GuestLayers, MachineSettings), any Error>?
    private var snapshot: Task<GuestLayers, any Error>?
    private var bare: Task<GuestLayers, any Error>?

    private func basis(_ lab: Laboratory) async throws -> (ReleaseImage, GuestLayers, MachineSettings) {
        let task =
            basis
            ?? Task {
                let (base, baseLock) = try await lab.base()
                async let settings = lab.makeSettings(kernel: base.appending("vmlinuz"))
                let (image, release, releaseLock) = try await lab.release(on: base)
                let layers = GuestLayers(base: base, release: release, locks: [baseLock, releaseLock])
                return (image, layers, try await settings)
            }
        basis = task
        return try await value(task)
    }

    func releaseDigest(_ lab: Laboratory) async throws -> String { try await basis(lab).0.key().digest }

    func settings(_ lab: Laboratory) async throws -> MachineSettings { try await basis(lab).2 }

    func image(_ lab: Laboratory) async throws -> (ReleaseImage, GuestLayers) {
        let (image, layers, _) = try await basis(lab)
        return (image, layers)
    }

    func layers(_ lab: Laboratory, withSnapshot: Bool) async throws -> GuestLayers {
        let (image, layers, settings) = try await basis(lab)
        guard withSnapshot else { return layers }
        let task =
            snapshot
            ?? Task {
                let (folder, lock) = try await lab.snapshot(layers, image, settings)
                var all = layers
                all.snapshot = folder.appending("disk.qcow2")
                all.locks.append(lock)
                return all
            }
        snapshot = task
        return try await value(task)
    }

    /// Those of a guest on which nothing of ours is installed.
    func bareLayers(_ lab: Laboratory) async throws -> GuestLayers {
        let task =
            bare
            ?? Task {
                let (base, baseLock) = try await lab.base()
                let (_, image, imageLock) = try await lab.release(on: base, isBare: true)
                return GuestLayers(base: base, release: image, locks: [baseLock, imageLock])
            }
        bare = task
        return try await value(task)
    }

    private func value<Value: Sendable>(_ task: Task<Value, any Error>) async throws -> Value {
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
