import GnuPG
import ReleaseSupport
import SystemPackage
import Testing

@testable import Repository

/// A small release in a temporary folder: two packages and their sources, made by the real rpmbuild, indexed by the
/// real createrepo_c and signed by the real gpg.
struct Release {
    let folder: FilePath
    let key: SigningKey
    static let epoch = 1_700_000_000

    static func with<Value>(_ body: (Release) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { scratch in
            try await KeyHome.withOwn(scratch.appending("home")) { home in
                let release = Release(
                    folder: scratch.appending("fedora-45"), key: try await SigningKey.development(home: home))
                for (name, _) in RepositoryLayout.architectures {
                    try Files.makeFolder(release.folder.appending(name))
                }
                for name in ["alpha", "beta"] { try await release.build(name, in: scratch) }
                try Files.write(
                    try await release.key.exportPublicKey(), to: release.path(RepositoryLayout.keyFile))
                try Files.write(try Files.read(configuration), to: release.path(RepositoryLayout.configurationFile))
                for (name, _) in RepositoryLayout.architectures { try await release.index(name) }
                try await release.sum()
                return try await body(release)
            }
        }
    }

    /// The file that servers get.
    static let configuration = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("appliance/etc/yum.repos.d/untochat.repo")

    func index(_ name: String) async throws {
        try await RepositoryMetadata.make(folder: path(name), epoch: Self.epoch, key: key)
    }

    func sum() async throws { try await Checksums.write(folder, key: key, epoch: Self.epoch) }

    func path(_ name: String) -> FilePath { folder.pushing(FilePath(name)) }

    /// What the check finds wrong.
    func failures(_ expected: PublicKey? = nil) async throws -> [Outcome] {
        try await RepositoryCheck.verify(folder: folder, key: expected).filter { !$0.passed }
    }

    private func build(_ name: String, in scratch: FilePath) async throws {
        let spec = scratch.appending("\(name).spec")
        try Files.write(
            """
            Name: \(name)
            Version: 1.0
            Release: 1
            Summary: A package for a test
            License: MIT
            BuildArch: noarch
            %description
            A package for a test.
            %install
            mkdir -p %{buildroot}/opt
            echo \(name) > %{buildroot}/opt/\(name)
            %files
            /opt/\(name)
            """, to: spec)
        try await Command(
            "rpmbuild",
            [
                "-ba", "--define", "_topdir \(scratch)/top", "--define", "_rpmdir \(path("x86_64"))", "--define",
                "_srcrpmdir \(path("source"))", "--define",
                "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
                spec.string,
            ]
        ).output(.package)
    }
}
