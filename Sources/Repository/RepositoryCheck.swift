public import GnuPG
import RPMKit
import ReleaseSupport
public import SystemPackage

/// A stranger's check of a published repository: from its files and the public key alone, nothing trusted that this
/// machine knows. What a signature does not vouch for is not parsed.
///
/// The packages' own signatures and contents are not looked into here.
public enum RepositoryCheck {
    /// Checks the repository in `folder`.
    ///
    /// - Parameter key: what the release must be signed by. With nil, the key in the folder: that proves the release
    ///   whole, not whose it is.
    /// - Returns: every check with its outcome, the passed ones too.
    public static func verify(folder: FilePath, key: PublicKey?) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        let (key, keyOutcome) = await publishedKey(folder, expected: key)
        outcomes.append(keyOutcome)
        if let key {
            let checker = Checker(folder: folder, key: key)
            outcomes += try await checker.checksums()
            for (name, architectures) in RepositoryLayout.architectures {
                outcomes += try await checker.metadata(name, architectures: architectures)
            }
        }
        outcomes.append(configuration(folder))
        return outcomes
    }

    /// The key to check with, and whether the key file holds it.
    private static func publishedKey(_ folder: FilePath, expected: PublicKey?) async -> (PublicKey?, Outcome) {
        let file = RepositoryLayout.keyFile
        do {
            let published = try await PublicKey(file: folder.appending(file))
            if let expected, published.fingerprint != expected.fingerprint {
                return (
                    expected, .failed("key", file, "it holds \(published.fingerprint), not \(expected.fingerprint)")
                )
            }
            let key = expected ?? published
            if let weakness = published.weakness ?? key.weakness { return (key, .failed("key", file, weakness)) }
            return (key, .passed("key", file, "\(published.fingerprint) \(published.userID)"))
        } catch {
            return (expected, .failed("key", file, (error as? ReleaseError)?.what ?? "\(error)"))
        }
    }

    private static func configuration(_ folder: FilePath) -> Outcome {
        let file = RepositoryLayout.configurationFile
        guard let text = try? Files.text(folder.appending(file)) else {
            return .failed("configuration", file, "it is missing")
        }
        let faults = RepositoryConfiguration.faults(text)
        return faults.isEmpty
            ? .passed("configuration", file, "signatures required, Tor only")
            : .failed("configuration", file, faults.joined(separator: "; "))
    }
}

/// The checks that need the key.
private struct Checker {
    let folder: FilePath
    let key: PublicKey

    /// The signature of `SHA256SUMS`, then each digest, and whether files and lines are the same set.
    func checksums() async throws -> [Outcome] {
        let file = RepositoryLayout.checksumsFile
        let signature = try await signature(of: file)
        guard signature.passed else { return [signature] }
        let listed: Checksums
        do { listed = try Checksums(parsing: try Files.text(path(file))) } catch let error as ReleaseError {
            return [signature, .failed("form", file, error.what)]
        }
        var outcomes = [signature]
        var present: Set<String> = []
        for (name, isRegular) in RepositoryLayout.entries(below: folder) where !Checksums.isOwn(name) {
            present.insert(name)
            guard isRegular else {
                outcomes.append(.failed("listed", name, "it is not a regular file"))
                continue
            }
            guard let expected = listed.digests[name] else {
                outcomes.append(.failed("listed", name, "\(file) does not list it"))
                continue
            }
            let actual = try SHA256.of(file: path(name))
            outcomes.append(
                actual == expected
                    ? .passed("digest", name, actual)
                    : .failed("digest", name, "its SHA-256 is \(actual), and \(file) says \(expected)"))
        }
        for name in listed.digests.keys.sorted() where !present.contains(name) {
            outcomes.append(.failed("digest", name, "it is missing"))
        }
        return outcomes
    }

    /// The signed index of the packages in `name`, what it names, and that it names all there is.
    func metadata(_ name: String, architectures: [String]) async throws -> [Outcome] {
        let metadataFolder = "\(name)/\(RepositoryLayout.metadataFolder)"
        let indexName = "\(metadataFolder)/repomd.xml"
        let signature = try await signature(of: indexName)
        guard signature.passed else { return [signature] }
        let index: MetadataIndex
        do { index = try MetadataIndex(parsing: try Files.read(path(indexName))) } catch let fault as MetadataFault {
            return [signature, .failed("form", indexName, fault.description)]
        }
        var outcomes = [signature]
        var contents: [String: [UInt8]] = [:]
        for entry in index.entries {
            let subject = "\(name)/\(entry.path)"
            do {
                contents[entry.type] = try await open(entry, in: name)
                outcomes.append(.passed("metadata", subject, "\(entry.type), \(entry.openSize) bytes"))
            } catch let fault as MetadataFault { outcomes.append(.failed("metadata", subject, fault.description)) }
        }
        let expected = Set(index.entries.map(\.path) + ["repodata/repomd.xml", "repodata/repomd.xml.asc"])
        for (found, _) in RepositoryLayout.entries(below: path(metadataFolder))
        where !expected.contains("repodata/" + found) {
            outcomes.append(.failed("listed", "\(metadataFolder)/\(found)", "repomd.xml does not name it"))
        }
        guard let primary = contents["primary"], let primaryEntry = index.entries.first(where: { $0.type == "primary" })
        else { return outcomes }
        let primaryName = "\(name)/\(primaryEntry.path)"
        do {
            let packages = try IndexedPackage.parse(primary: primary, architectures: architectures)
            outcomes += try await self.packages(packages, in: name)
            for (type, root) in [("filelists", "filelists"), ("other", "otherdata")] {
                guard let list = contents[type] else { continue }
                let digests = try IndexedPackage.digests(list: list, root: root)
                if digests != packages.map(\.digest).sorted() {
                    outcomes.append(.failed("form", indexName, "\(type) is about other packages than primary"))
                }
            }
        } catch let fault as MetadataFault { outcomes.append(.failed("form", primaryName, fault.description)) }
        return outcomes
    }

    /// Each package that the index names, and each that lies there without being named.
    private func packages(_ packages: [IndexedPackage], in name: String) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        for package in packages {
            let subject = "\(name)/\(package.path)"
            guard let size = regularFileSize(path(subject)) else {
                outcomes.append(.failed("package", subject, "it is missing"))
                continue
            }
            let digest = try SHA256.of(file: path(subject))
            outcomes.append(
                size == package.size && digest == package.digest
                    ? .passed("package", subject, "as indexed")
                    : .failed("package", subject, "it was changed after it was indexed"))
        }
        let known = Set(packages.map(\.path))
        let rest = RepositoryLayout.entries(below: path(name)).map(\.path)
            .filter { !known.contains($0) && !$0.hasPrefix(RepositoryLayout.metadataFolder + "/") }
        return outcomes + rest.map { .failed("listed", "\(name)/\($0)", "the metadata does not name it") }
    }

    /// One metadata file, checked and decompressed.
    private func open(_ entry: MetadataIndex.Entry, in name: String) async throws -> [UInt8] {
        let file = path("\(name)/\(entry.path)")
        guard let size = regularFileSize(file) else { throw MetadataFault("it is missing") }
        let digest = try SHA256.of(file: file)
        guard size == entry.size, digest == entry.digest else { throw MetadataFault("repomd.xml says another digest") }
        let program: String
        switch file.extension {
        case "gz": program = "gzip"
        case "zst": program = "zstd"
        default: throw MetadataFault("it is neither gzip nor zstd")
        }
        // Command reads 64 MiB and then ends the program: a small file cannot fill memory.
        guard let unpacked = try? await Command(program, ["-dc", "--", file.string]).run(.verify), unpacked.succeeded
        else { throw MetadataFault("it does not decompress") }
        let openDigest = SHA256.of(unpacked.output)
        guard unpacked.output.count == entry.openSize, openDigest == entry.openDigest else {
            throw MetadataFault("it decompresses to something else than repomd.xml says")
        }
        return unpacked.output
    }

    private func signature(of name: String) async throws -> Outcome {
        let signature = name + ".asc"
        switch try await key.verdict(signature: path(signature), of: path(name)) {
        case .good(let good): return .passed("signature", name, "by \(good.signer)")
        case .refused(let fault):
            let isAboutSignature = fault == .missing || fault == .malformed
            return .failed("signature", isAboutSignature ? signature : name, fault.description)
        }
    }

    private func path(_ name: String) -> FilePath { folder.pushing(FilePath(name)) }
}
